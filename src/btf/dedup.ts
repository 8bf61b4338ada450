import { mapReferences } from './map-references.js';
import { referencesOf } from './references.js';
import type { Btf, BtfType, BtfTypeId } from './types.js';

/** Types without doubles, and where each of the old ones went. */
export interface Deduplicated {
  readonly btf: Btf;
  /** New ids by old ones. */
  readonly ids: readonly BtfTypeId[];
}

/**
 * Merges types that say the same, as linking several objects needs. Two types are one when they have the same words
 * and refer to types that are one: classes of types, made by their own words first, are split until all members of a
 * class refer to the same classes. A forward declaration becomes the struct or union of its name when there is just
 * one. Variables, functions and sections stay apart: each is a thing, not a description.
 */
export function dedupBtf(btf: Btf): Deduplicated {
  const types = [...btf.types];
  const forwards = forwardTargets(types);
  for (;;) {
    const classes = classesOf(types, forwards);
    const split = ambiguousNames(types, classes, forwards);
    if (split.size === 0) return rebuilt(types, classes, forwards);
    for (const [id] of [...forwards]) if (split.has(tagOf(types[id]))) forwards.delete(id);
  }
}

/** `struct name`, for structs, unions and their forward declarations; '' for all else. */
function tagOf(type: BtfType | undefined): string {
  if (type === undefined || !('name' in type) || type.name === '') return '';
  if (type.kind === 'struct' || type.kind === 'union') return `${type.kind} ${type.name}`;
  return type.kind === 'fwd' ? `${type.union ? 'union' : 'struct'} ${type.name}` : '';
}

/** Forward declarations, and the first definition of their names. */
function forwardTargets(types: readonly BtfType[]): Map<BtfTypeId, BtfTypeId> {
  const defined = new Map<string, BtfTypeId>();
  types.forEach((type, id) => {
    if (type.kind !== 'fwd' && tagOf(type) !== '' && !defined.has(tagOf(type))) defined.set(tagOf(type), id);
  });
  const targets = new Map<BtfTypeId, BtfTypeId>();
  types.forEach((type, id) => {
    const target = type.kind === 'fwd' ? defined.get(tagOf(type)) : undefined;
    if (target !== undefined) targets.set(id, target);
  });
  return targets;
}

type Forwards = ReadonlyMap<BtfTypeId, BtfTypeId>;

/** A number for each type, the same for those that are one. */
function classesOf(types: readonly BtfType[], forwards: Forwards): readonly number[] {
  let { classes, count } = numbered(types.map((type, id) => wordsOf(type, id)));
  const references = types.map((type) => referencesOf(type).map((id) => forwards.get(id) ?? id));
  for (;;) {
    const next = numbered(
      classes.map((own, id) => `${own},${references[id]?.map((to) => classes[to]).join(',')}`),
    );
    classes = next.classes;
    if (next.count === count) return classes;
    count = next.count;
  }
}

function numbered(keys: readonly string[]): { classes: readonly number[]; count: number } {
  const numbers = new Map<string, number>();
  const classes = keys.map((key) => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  });
  return { classes, count: numbers.size };
}

/** All that a type says, but for what it refers to. */
function wordsOf(type: BtfType, id: BtfTypeId): string {
  if (type.kind === 'var' || type.kind === 'func' || type.kind === 'datasec') return `${type.kind} ${id}`;
  const bare = mapReferences(type, () => 0);
  return JSON.stringify(bare, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}

/** Names that a forward declaration was taken for, but that several different types have. */
function ambiguousNames(
  types: readonly BtfType[],
  classes: readonly number[],
  forwards: Forwards,
): ReadonlySet<string> {
  const wanted = new Set([...forwards.keys()].map((id) => tagOf(types[id])));
  const seen = new Map<string, number | undefined>();
  const ambiguous = new Set<string>();
  types.forEach((type, id) => {
    const tag = tagOf(type);
    if (type.kind === 'fwd' || !wanted.has(tag)) return;
    if (seen.has(tag) && seen.get(tag) !== classes[id]) ambiguous.add(tag);
    seen.set(tag, classes[id]);
  });
  return ambiguous;
}

function rebuilt(types: readonly BtfType[], classes: readonly number[], forwards: Forwards): Deduplicated {
  const idOfClass = new Map<number | undefined, BtfTypeId>();
  const kept: BtfType[] = [];
  types.forEach((type, id) => {
    if (forwards.has(id) || idOfClass.has(classes[id])) return;
    idOfClass.set(classes[id], kept.length);
    kept.push(type);
  });
  const ids = types.map((_, id) => idOfClass.get(classes[forwards.get(id) ?? id]) ?? 0);
  return { btf: { types: kept.map((type) => mapReferences(type, (id) => ids[id] ?? 0)) }, ids };
}
