import type { Btf, BtfType, BtfTypeId } from './types.js';

/**
 * Names that C can tell apart. BTF may hold several types of one name; from the second on they get libbpf's flavour
 * suffix (`foo___2`). Tags (struct, union, enum) and ordinary names (typedefs, enumerators) do not clash in C.
 */
export class CNames {
  readonly #tags = new Map<string, number>();
  readonly #ordinary = new Map<string, number>();
  readonly #byType = new Map<BtfTypeId, string>();
  readonly #btf: Btf;

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /** The name of a struct, union, enumeration, typedef or forward declaration. */
  of(id: BtfTypeId): string {
    const known = this.#byType.get(id);
    if (known !== undefined) return known;
    const type = this.#btf.types.at(id);
    const name = type === undefined ? '' : this.#unique(type);
    this.#byType.set(id, name);
    return name;
  }

  enumerator(name: string): string {
    return next(this.#ordinary, name);
  }

  #unique(type: BtfType): string {
    switch (type.kind) {
      case 'struct':
      case 'union':
      case 'enum':
      case 'enum64':
        return type.name === '' ? '' : next(this.#tags, type.name);
      case 'typedef':
        return next(this.#ordinary, type.name);
      case 'fwd':
      case 'int':
      case 'float':
        return type.name;
      default:
        return '';
    }
  }
}

function next(used: Map<string, number>, name: string): string {
  const count = (used.get(name) ?? 0) + 1;
  used.set(name, count);
  return count === 1 ? name : `${name}___${count}`;
}
