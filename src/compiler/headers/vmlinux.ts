import type { FormatCOptions } from '../../btf/format-c.js';
import {
  findAllByName,
  findEnumerations,
  formatC,
  kfuncsOf,
  nameOf,
  resolve,
  typeAt,
} from '../../btf/index.js';
import type { Btf, BtfTypeId } from '../../btf/types.js';

/** What is left out of `vmlinux.h` although the source names it. */
export interface OwnFunctions {
  /** Functions that the source declares or defines itself. */
  readonly functions: ReadonlySet<string>;
}

/**
 * The part of `vmlinux.h` that a source can speak of: the types that it names, those that lie in them, and those that
 * it gets to through members that it names. A pointer to any other type leads to a declaration.
 *
 * @param words every identifier of the source and of the headers it includes
 * @param frame what formatC is told besides
 * @param own when given, kernel functions that the source names are declared, but for those
 */
export function sliceVmlinux(
  btf: Btf,
  words: ReadonlySet<string>,
  frame: Omit<FormatCOptions, 'roots' | 'functions'>,
  own?: OwnFunctions,
): string {
  const slice = new Slice(btf, words);
  for (const word of words) {
    for (const id of findAllByName(btf, word)) slice.root(id);
    for (const id of findEnumerations(btf, word)) slice.root(id);
  }
  const functions = own === undefined ? [] : kfuncsOf(btf).filter((id) => isWanted(btf, id, words, own));
  for (const id of functions) slice.result(id);
  const roots = [...slice.roots].sort((a, b) => a - b);
  return formatC(btf, { ...frame, roots, functions });
}

function isWanted(btf: Btf, id: BtfTypeId, words: ReadonlySet<string>, { functions }: OwnFunctions): boolean {
  const name = nameOf(typeAt(btf, id));
  return words.has(name) && !functions.has(name);
}

class Slice {
  readonly roots = new Set<BtfTypeId>();
  readonly #btf: Btf;
  readonly #words: ReadonlySet<string>;
  readonly #seen = new Set<BtfTypeId>();

  constructor(btf: Btf, words: ReadonlySet<string>) {
    this.#btf = btf;
    this.#words = words;
  }

  root(id: BtfTypeId): void {
    const { kind } = typeAt(this.#btf, id);
    if (kind === 'func' || kind === 'var' || kind === 'datasec') return;
    this.roots.add(id);
    this.#visit(id);
  }

  /** The struct that a function returns a pointer to: its members are asked for. */
  result(id: BtfTypeId): void {
    const func = typeAt(this.#btf, id);
    const proto = func.kind === 'func' ? typeAt(this.#btf, func.type) : undefined;
    const pointed = proto?.kind === 'func_proto' ? this.#pointee(proto.returns) : undefined;
    if (pointed !== undefined) this.root(pointed);
  }

  /** Follows what a complete type needs complete, and the members that the source names. */
  #visit(start: BtfTypeId): void {
    const waiting = [start];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      const type = typeAt(this.#btf, id);
      if (type.kind === 'struct' || type.kind === 'union') {
        for (const member of type.members) {
          waiting.push(member.type);
          const pointed = this.#words.has(member.name) ? this.#pointee(member.type) : undefined;
          if (pointed === undefined) continue;
          this.roots.add(pointed);
          waiting.push(pointed);
        }
      } else if (
        type.kind === 'array' ||
        type.kind === 'typedef' ||
        type.kind === 'const' ||
        type.kind === 'volatile'
      ) {
        waiting.push(type.type);
      }
    }
  }

  /** The struct that a member points to, through qualifiers, typedefs and arrays. */
  #pointee(id: BtfTypeId): BtfTypeId | undefined {
    let at = resolve(this.#btf, id);
    for (let type = typeAt(this.#btf, at); ; type = typeAt(this.#btf, at)) {
      if (type.kind !== 'ptr' && type.kind !== 'array') break;
      at = resolve(this.#btf, type.type);
    }
    const { kind } = typeAt(this.#btf, at);
    return kind === 'struct' || kind === 'union' ? at : undefined;
  }
}
