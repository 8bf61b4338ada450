import type { Step } from './core/access.js';
import type { Reached } from './core/reach.js';
import { mapReferences } from './map-references.js';
import { referencesOf } from './references.js';
import { resolve, typeAt } from './resolve.js';
import type { Btf, BtfMember, BtfType, BtfTypeId } from './types.js';

/**
 * The part of a kernel's types that programs need to be fitted to it (`libbpf`'s `btf_custom_path`): the types that
 * their CO-RE records reach, and of structs and unions the members on the way, at their places. What a pointer leads to
 * is left out unless a record asks for the whole type.
 */
export function minimiseBtf(kernel: Btf, reached: readonly Reached[]): Btf {
  const marks = new Marks(kernel);
  for (const { record, access } of reached) {
    if (record.row.about === 'field') marks.field(access.root, access.steps);
    else if (record.row.name === 'type_matches') marks.whole(access.root, false);
    else marks.type(access.root, true);
  }
  return marks.result();
}

class Marks {
  readonly #btf: Btf;
  readonly #types = new Set<BtfTypeId>();
  readonly #members = new Map<BtfTypeId, Set<number>>();
  /** Types whose pointers are followed, or whose members are all needed. */
  readonly #followed = new Set<BtfTypeId>();
  readonly #whole = new Set<BtfTypeId>();

  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /** A type by itself: what stands behind its modifiers, the elements of arrays. */
  type(start: BtfTypeId, followsPointers: boolean): void {
    const pending = [start];
    for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
      const seen = followsPointers ? this.#followed : this.#types;
      if (id === 0 || seen.has(id)) continue;
      seen.add(id);
      this.#types.add(id);
      const type = typeAt(this.#btf, id);
      if (type.kind === 'struct' || type.kind === 'union') continue;
      if (type.kind !== 'ptr' || followsPointers) pending.push(...referencesOf(type));
    }
  }

  /** A type with all its members. */
  whole(start: BtfTypeId, behindPointer: boolean): void {
    const pending = [{ id: start, behindPointer }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { id } = next;
      if (id === 0) continue;
      this.#types.add(id);
      const type = typeAt(this.#btf, id);
      const isComposite = type.kind === 'struct' || type.kind === 'union';
      if (this.#whole.has(id) || (isComposite && next.behindPointer)) continue;
      this.#whole.add(id);
      if (isComposite) for (const index of type.members.keys()) this.#member(id, index);
      const behind = next.behindPointer || type.kind === 'ptr';
      for (const reference of referencesOf(type)) pending.push({ id: reference, behindPointer: behind });
    }
  }

  field(root: BtfTypeId, steps: readonly Step[]): void {
    this.type(root, false);
    let at = root;
    for (const step of steps) {
      const id = resolve(this.#btf, at);
      if (step.name === undefined) {
        this.type(step.type, false);
        at = step.type;
        continue;
      }
      for (const [owner, index] of this.#wayTo(id, step)) {
        this.#member(owner, index);
        at = this.#memberAt(owner, index).type;
        this.type(at, false);
      }
    }
  }

  /** Through anonymous members to the one that a step names. */
  #wayTo(id: BtfTypeId, step: Step): [owner: BtfTypeId, index: number][] {
    if (id === step.type) return [[id, step.index]];
    const type = typeAt(this.#btf, id);
    if (type.kind !== 'struct' && type.kind !== 'union') return [];
    for (const [index, member] of type.members.entries()) {
      if (member.name !== '') continue;
      const rest = this.#wayTo(resolve(this.#btf, member.type), step);
      if (rest.length > 0) return [[id, index], ...rest];
    }
    return [];
  }

  #member(owner: BtfTypeId, index: number): void {
    this.#types.add(owner);
    const members = this.#members.get(owner) ?? new Set();
    this.#members.set(owner, members);
    members.add(index);
  }

  #memberAt(owner: BtfTypeId, index: number): BtfMember {
    const type = typeAt(this.#btf, owner);
    const member = type.kind === 'struct' || type.kind === 'union' ? type.members[index] : undefined;
    if (member === undefined) throw new Error(`type ${owner} has no member ${index}`);
    return member;
  }

  result(): Btf {
    const kept = [...this.#types].sort((a, b) => a - b);
    const ids = new Map(kept.map((id, index) => [id, index + 1]));
    const types = kept.map((id): BtfType => {
      const type = typeAt(this.#btf, id);
      const members = this.#members.get(id);
      const cut =
        type.kind === 'struct' || type.kind === 'union'
          ? { ...type, members: type.members.filter((_, index) => members?.has(index)) }
          : type;
      return mapReferences(cut, (reference) => ids.get(reference) ?? 0);
    });
    return { types: [{ kind: 'void' }, ...types] };
  }
}
