import { type Btf, type BtfType, findByName, resolvedType, trySizeOf, typeAt } from '../../../btf/index.js';

/** Where a member of a kernel struct lies. */
export interface Place {
  /** In bytes; of a bit-field, where its first byte lies. */
  readonly offset: number;
  readonly size: number;
  /** Of a bit-field: from the lowest bit of that byte, and how many. */
  readonly bits?: { readonly shift: number; readonly count: number };
}

type Struct = Extract<BtfType, { readonly kind: 'struct' | 'union' }>;

/** One struct of the kernel as its BTF lays it out. */
export class StructLayout {
  readonly size: number;
  readonly #btf: Btf;
  readonly #struct: Struct;
  readonly #places = new Map<string, Place | undefined>();

  constructor(btf: Btf, name: string) {
    const id = findByName(btf, name, 'struct');
    const type = id === undefined ? undefined : typeAt(btf, id);
    if (type?.kind !== 'struct') throw new RangeError(`the kernel's BTF has no struct ${name}`);
    this.#btf = btf;
    this.#struct = type;
    this.size = type.size;
  }

  /** A member by its path: `__sk_common.skc_family`. Members of anonymous parts need no path of their own. */
  find(path: string): Place | undefined {
    if (!this.#places.has(path)) this.#places.set(path, this.#walk(path));
    return this.#places.get(path);
  }

  #walk(path: string): Place | undefined {
    let struct: Struct = this.#struct;
    let start = 0;
    const names = path.split('.');
    for (const [index, name] of names.entries()) {
      const found = memberOf(this.#btf, struct, name);
      if (found === undefined) return undefined;
      const { bitOffset, bitfieldSize, type } = found;
      const bits = start * 8 + bitOffset;
      if (index === names.length - 1) {
        const size = trySizeOf(this.#btf, type) ?? 0;
        return bitfieldSize === 0
          ? { offset: bits / 8, size }
          : { offset: bits >> 3, size, bits: { shift: bits & 7, count: bitfieldSize } };
      }
      const inner = resolvedType(this.#btf, type);
      if (inner.kind !== 'struct' && inner.kind !== 'union') return undefined;
      struct = inner;
      start = bits / 8;
    }
    return undefined;
  }
}

function memberOf(
  btf: Btf,
  struct: Struct,
  name: string,
): { readonly bitOffset: number; readonly bitfieldSize: number; readonly type: number } | undefined {
  for (const member of struct.members) {
    if (member.name === name) return member;
    if (member.name !== '') continue;
    const inner = resolvedType(btf, member.type);
    if (inner.kind !== 'struct' && inner.kind !== 'union') continue;
    const found = memberOf(btf, inner, name);
    if (found !== undefined) return { ...found, bitOffset: found.bitOffset + member.bitOffset };
  }
  return undefined;
}

/** The layouts of a kernel, each read once. */
export class StructLayouts {
  readonly #btf: Btf;
  readonly #known = new Map<string, StructLayout>();

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  of(name: string): StructLayout {
    let layout = this.#known.get(name);
    if (layout === undefined) {
      layout = new StructLayout(this.#btf, name);
      this.#known.set(name, layout);
    }
    return layout;
  }
}
