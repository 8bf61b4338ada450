import { nameOf } from '../../btf/index.js';
import type { Btf, BtfType, BtfTypeId } from '../../btf/types.js';
import { walkStruct } from './walk.js';

/**
 * Whether a pointer at `off` into a struct may be taken as one to another struct: the same one, or the first member, and
 * its first member, and so on (`btf_struct_ids_match`).
 *
 * @returns what Linux notes on the way when there is no such member; '' when it notes nothing.
 */
export function structMatches(
  btf: Btf,
  id: BtfTypeId,
  off: number,
  needed: { readonly btf: Btf; readonly id: BtfTypeId },
  strict: boolean,
): { readonly matches: boolean; readonly note: string } {
  const isSame = (type: BtfTypeId): boolean => btf === needed.btf && type === needed.id;
  if (off === 0 && isSame(id)) return { matches: true, note: '' };
  if (strict) return { matches: false, note: '' };
  let type = id;
  let at = off;
  for (;;) {
    const found = walkStruct(btf, type, at, 1, true);
    if (found.kind !== 'struct')
      return { matches: false, note: found.kind === 'error' ? `${found.message}\n` : '' };
    type = found.type;
    if (isSame(type)) return { matches: true, note: '' };
    at = 0;
  }
}

const NO_CAST = '___init';

/** Two names for objects of one type, of which the one with `___init` is never taken as the other. */
export function isNoCastAlias(a: BtfType, b: BtfType): boolean {
  const [first, second] = [nameOf(a), nameOf(b)];
  return first === `${second}${NO_CAST}` || second === `${first}${NO_CAST}`;
}
