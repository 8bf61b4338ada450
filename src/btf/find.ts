import { KeptTypes } from './kept-types.js';
import { NameTable, nameHash } from './name-table.js';
import type { Btf, BtfType, BtfTypeId } from './types.js';

/** The name of a type, '' when it has none. */
export function nameOf(type: BtfType): string {
  return 'name' in type ? type.name : '';
}

/** The ids of all types with a name, in ascending order; tags are not types. The index is built once for each `Btf`. */
export function findAllByName(btf: Btf, name: string): readonly BtfTypeId[] {
  return [...sharingStem(btf, name)].filter((id) => nameAt(btf, id) === name);
}

/** The first type with a name and one of the kinds, or undefined. */
export function findByName<Kind extends BtfType['kind']>(
  btf: Btf,
  name: string,
  ...kinds: readonly Kind[]
): BtfTypeId | undefined {
  for (const id of sharingStem(btf, name)) {
    const isWanted = kinds.length === 0 || kinds.some((kind) => kind === kindAt(btf, id));
    if (isWanted && nameAt(btf, id) === name) return id;
  }
  return undefined;
}

/** The types that may have a name, or be flavours of it (`name___old`): a few more than do, in ascending order. */
export function sharingStem(btf: Btf, name: string): Iterable<BtfTypeId> {
  return name === '' ? [] : indexOf(btf).idsOf(nameHash(name));
}

/** The enumerations that have an enumerator of a name, in ascending order. */
export function findEnumerations(btf: Btf, enumerator: string): BtfTypeId[] {
  return [...enumeratorsOf(btf).idsOf(nameHash(enumerator))].filter((id) => {
    const type = btf.types.at(id);
    return (
      (type?.kind === 'enum' || type?.kind === 'enum64') &&
      type.values.some(({ name }) => name === enumerator)
    );
  });
}

/** All types of some kinds with their ids, in ascending order; no others are decoded. */
export function* typesOfKind<Kind extends BtfType['kind']>(
  btf: Btf,
  ...kinds: readonly Kind[]
): Generator<[BtfTypeId, Extract<BtfType, { kind: Kind }>]> {
  const wanted: ReadonlySet<string> = new Set(kinds);
  for (let id = 0; id < btf.types.length; id++) {
    if (wanted.has(kindAt(btf, id))) yield [id, btf.types.at(id) as Extract<BtfType, { kind: Kind }>];
  }
}

function kindAt({ types }: Btf, id: BtfTypeId): BtfType['kind'] {
  return types instanceof KeptTypes ? types.kindAt(id) : (types.at(id)?.kind ?? 'void');
}

function nameAt({ types }: Btf, id: BtfTypeId): string {
  if (types instanceof KeptTypes) return types.name(types.nameOffsetAt(id));
  return nameOf(types.at(id) ?? { kind: 'void' });
}

const indexes = new WeakMap<Btf, NameTable>();

function indexOf(btf: Btf): NameTable {
  let index = indexes.get(btf);
  if (index === undefined) {
    index = new NameTable(btf.types.length);
    const { types } = btf;
    for (let id = 1; id < types.length; id++) {
      const kind = kindAt(btf, id);
      if (kind === 'decl_tag' || kind === 'type_tag') continue;
      if (types instanceof KeptTypes) {
        const name = types.nameOffsetAt(id);
        if (name !== 0) index.addAt(types.strings, name, id);
      } else index.add(nameAt(btf, id), id);
    }
    indexes.set(btf, index);
  }
  return index;
}

const enumerators = new WeakMap<Btf, NameTable>();

function enumeratorsOf(btf: Btf): NameTable {
  let index = enumerators.get(btf);
  if (index === undefined) {
    index = new NameTable(btf.types.length);
    const { types } = btf;
    for (let id = 1; id < types.length; id++) {
      const kind = kindAt(btf, id);
      if (kind !== 'enum' && kind !== 'enum64') continue;
      if (types instanceof KeptTypes) {
        for (const name of types.enumeratorOffsetsAt(id)) index.addAt(types.strings, name, id);
      } else {
        const type = types.at(id);
        if (type !== undefined && 'values' in type) for (const { name } of type.values) index.add(name, id);
      }
    }
    enumerators.set(btf, index);
  }
  return index;
}
