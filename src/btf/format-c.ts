import {
  type CContext,
  cContext,
  compositeBody,
  declare,
  enumBody,
  isArray,
  MAX_C_DEPTH,
} from './c-declare.js';
import { kfuncPrototypes, kfuncsOf } from './c-kfuncs.js';
import { cycle, typeAt } from './resolve.js';
import type { Btf, BtfType, BtfTypeId } from './types.js';

export interface FormatCOptions {
  /** Types to write, with all that they need. Default: every named type and every enumeration. */
  readonly roots?: readonly BtfTypeId[];
  /**
   * Name of an include guard. With it comes bpftool's frame: the attribute by which clang records CO-RE accesses to
   * all types, unless BPF_NO_PRESERVE_ACCESS_INDEX is defined.
   */
  readonly guard?: string;
  /** Write `btf_type_tag` attributes: `kptr`, `user`, `rcu`. */
  readonly typeTags?: boolean;
  /** Kernel functions to declare. Default: with a guard and without roots all that programs may call, else none. */
  readonly functions?: readonly BtfTypeId[];
  /** What other headers define, which is not written again: `struct foo`, `union foo`, `enum foo`, enumerators. */
  readonly elsewhere?: ReadonlySet<string>;
}

/** Types that compilers know by themselves. */
const BUILT_IN = new Set(['__builtin_va_list']);

/**
 * Types as C source that compiles to the same layout: definitions in the order that C needs, forward declarations,
 * padding, packing. Names that occur more than once get a suffix (`foo___2`), as bpftool does.
 *
 * @throws {SkepError} `BTF_CYCLE` for types that contain themselves, `BTF_UNSUPPORTED`.
 */
export function formatC(btf: Btf, options: FormatCOptions = {}): string {
  const writer = new CWriter(btf, options.typeTags ?? false, options.elsewhere ?? new Set());
  if (options.roots === undefined) for (let id = 0; id < btf.types.length; id++) writer.root(id);
  else writer.some(options.roots);
  const whole = options.guard !== undefined && options.roots === undefined;
  const prototypes = writer.prototypes(options.functions ?? (whole ? kfuncsOf(btf) : []));
  const body = writer.chunks.join('\n');
  return options.guard === undefined ? `${body}${prototypes}` : framed(body, prototypes, options.guard);
}

function framed(body: string, prototypes: string, guard: string): string {
  return `#ifndef ${guard}
#define ${guard}

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

${body}
#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

${prototypes}#endif /* ${guard} */
`;
}

type State = 'declared' | 'writing' | 'defined';

class CWriter {
  readonly chunks: string[] = [];
  readonly #btf: Btf;
  readonly #context: CContext;
  readonly #states = new Map<BtfTypeId, State>();
  readonly #forwards = new Set<string>();

  readonly #elsewhere: ReadonlySet<string>;

  constructor(btf: Btf, typeTags: boolean, elsewhere: ReadonlySet<string>) {
    this.#btf = btf;
    this.#elsewhere = elsewhere;
    this.#context = cContext(btf, { typeTags });
  }

  /** Anonymous enumerations come last, unless what was written spells them out. */
  some(roots: readonly BtfTypeId[]): void {
    const later: BtfTypeId[] = [];
    for (const id of roots) {
      const type = typeAt(this.#btf, id);
      if ((type.kind === 'enum' || type.kind === 'enum64') && type.name === '') later.push(id);
      else this.root(id);
    }
    for (const id of later) {
      const type = typeAt(this.#btf, id);
      if (type.kind !== 'enum' && type.kind !== 'enum64') continue;
      if (!this.#context.spelled.has(id)) this.#define(id, type, 0);
    }
  }

  /** Declarations of functions; the types that they name come with the others. */
  prototypes(functions: readonly BtfTypeId[]): string {
    for (const id of functions) {
      const func = typeAt(this.#btf, id);
      if (func.kind === 'func') this.#need(func.type, false, 0);
    }
    return kfuncPrototypes(this.#context, functions);
  }

  root(id: BtfTypeId): void {
    const type = typeAt(this.#btf, id);
    switch (type.kind) {
      case 'struct':
      case 'union':
      case 'typedef':
      case 'fwd':
        if (type.name !== '') this.#need(id, true, 0);
        return;
      case 'enum':
      case 'enum64':
        // The enumerators of an anonymous one are names of their own; used inline elsewhere, they come there.
        if (type.name !== '' || !this.#usedInline().has(id)) this.#define(id, type, 0);
        return;
      default:
        return;
    }
  }

  /** In how many parameter lists we are. */
  #prototypes = 0;
  #inline: Set<BtfTypeId> | undefined;

  /** Anonymous enumerations that a member, typedef or array spells out. */
  #usedInline(): Set<BtfTypeId> {
    if (this.#inline !== undefined) return this.#inline;
    this.#inline = new Set<BtfTypeId>();
    for (const type of this.#btf.types) {
      if (type.kind === 'struct' || type.kind === 'union')
        for (const { type: id } of type.members) this.#inline.add(id);
      else if ('type' in type && type.kind !== 'var' && type.kind !== 'decl_tag') this.#inline.add(type.type);
    }
    return this.#inline;
  }

  /** Makes a type usable: its name known, or its definition complete. */
  #need(id: BtfTypeId, complete: boolean, depth: number): void {
    if (depth > MAX_C_DEPTH) throw cycle(id);
    const type = typeAt(this.#btf, id);
    switch (type.kind) {
      case 'ptr':
        this.#need(type.type, false, depth + 1);
        return;
      case 'const':
      case 'volatile':
      case 'restrict':
      case 'type_tag':
        this.#need(type.type, complete, depth + 1);
        return;
      case 'array':
        this.#need(type.type, true, depth + 1);
        return;
      case 'func_proto':
        this.#need(type.returns, false, depth + 1);
        this.#prototypes++;
        for (const param of type.params) this.#need(param.type, false, depth + 1);
        this.#prototypes--;
        return;
      case 'typedef':
        this.#needTypedef(id, type, complete, depth);
        return;
      case 'struct':
      case 'union':
        if (complete || type.name === '') this.#define(id, type, depth);
        else this.#forward(id, `${type.kind} ${this.#context.names.of(id)}`);
        return;
      case 'fwd':
        this.#forward(id, `${type.union ? 'union' : 'struct'} ${type.name}`);
        return;
      case 'enum':
      case 'enum64':
        if (type.name !== '') this.#define(id, type, depth);
        return;
      default:
        return;
    }
  }

  #forward(id: BtfTypeId, head: string): void {
    const state = this.#states.get(id);
    // What is first named by a parameter is known to that function only, not outside.
    if (state !== undefined && !(state === 'writing' && this.#prototypes > 0)) return;
    if (this.#forwards.has(head)) return;
    if (state === undefined) this.#states.set(id, 'declared');
    this.#forwards.add(head);
    this.chunks.push(`${head};\n`);
  }

  #needTypedef(
    id: BtfTypeId,
    type: Extract<BtfType, { kind: 'typedef' }>,
    complete: boolean,
    depth: number,
  ): void {
    if (BUILT_IN.has(type.name)) return;
    const state = this.#states.get(id);
    if (state === undefined) {
      this.#states.set(id, 'writing');
      this.#need(type.type, isArray(this.#btf, type.type), depth + 1);
      this.chunks.push(`typedef ${declare(this.#context, type.type, this.#context.names.of(id))};\n`);
      this.#states.set(id, 'defined');
    }
    if (complete && state !== 'writing') this.#need(type.type, true, depth + 1);
  }

  #isElsewhere(type: BtfType): boolean {
    switch (type.kind) {
      case 'struct':
      case 'union':
        return type.name !== '' && this.#elsewhere.has(`${type.kind} ${type.name}`);
      case 'enum':
      case 'enum64':
        if (type.name !== '' && this.#elsewhere.has(`enum ${type.name}`)) return true;
        return type.values.some(({ name }) => this.#elsewhere.has(name));
      default:
        return false;
    }
  }

  /** Writes a definition after all that it needs. Anonymous ones are written at their use; only their needs come here. */
  #define(id: BtfTypeId, type: BtfType, depth: number): void {
    const state = this.#states.get(id);
    if (state === 'defined') return;
    if (state === 'writing') throw cycle(id);
    if (this.#isElsewhere(type)) {
      this.#states.set(id, 'defined');
      return;
    }
    this.#states.set(id, 'writing');
    if (type.kind === 'struct' || type.kind === 'union') {
      for (const member of type.members) this.#need(member.type, true, depth + 1);
      if (type.name !== '') {
        this.#forwards.add(`${type.kind} ${this.#context.names.of(id)}`);
        this.chunks.push(`${compositeBody(this.#context, id, type, '', 0)};\n`);
      }
    } else if (type.kind === 'enum' || type.kind === 'enum64')
      this.chunks.push(`${enumBody(this.#context, id, type, '')};\n`);
    this.#states.set(id, 'defined');
  }
}
