import type { Btf, BtfType, BtfTypeId } from './types.js';

const indexes = new WeakMap<Btf, Map<string, BtfTypeId[]>>();

/** The name of a type, '' when it has none. */
export function nameOf(type: BtfType): string {
  return 'name' in type ? type.name : '';
}

/** The ids of all types with a name, in ascending order. The index is built once for each `Btf`. */
export function findAllByName(btf: Btf, name: string): readonly BtfTypeId[] {
  let index = indexes.get(btf);
  if (index === undefined) {
    index = new Map();
    for (const [id, type] of btf.types.entries()) {
      const key = nameOf(type);
      if (key === '' || type.kind === 'decl_tag' || type.kind === 'type_tag') continue;
      const ids = index.get(key);
      if (ids === undefined) index.set(key, [id]);
      else ids.push(id);
    }
    indexes.set(btf, index);
  }
  return index.get(name) ?? [];
}

/** The first type with a name and one of the kinds, or undefined. */
export function findByName<Kind extends BtfType['kind']>(
  btf: Btf,
  name: string,
  ...kinds: readonly Kind[]
): BtfTypeId | undefined {
  return findAllByName(btf, name).find((id) => {
    const type = btf.types[id];
    return type !== undefined && (kinds.length === 0 || kinds.some((kind) => kind === type.kind));
  });
}
