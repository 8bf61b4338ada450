import type { StringTable } from '../bytes/string-table.js';
import { btfError } from '../errors/btf.js';
import { readBtfSection } from './header.js';
import { KeptTypes } from './kept-types.js';
import { checkReferences } from './normalise.js';
import { indexRecords } from './records.js';
import type { Btf } from './types.js';

/**
 * Reads a BTF section of either byte order: all kinds up to `enum64`. Bit-fields of the old encoding (an `int` of odd
 * width) are read as those of the new one. Every type id in the result exists.
 *
 * The records are checked now and decoded one by one when `types` is asked for them: a kernel has more than a hundred
 * thousand types, of which few are ever looked at. Checking those takes some 20 ms. `bytes` must not change afterwards.
 *
 * @param section the name to use in errors.
 * @param base for split BTF, as kernel modules have it: the kernel's. The result holds the types of both.
 * @throws {SkepError} `BTF_*`, naming the section and offset.
 */
export function readBtf(bytes: Uint8Array, section = '.BTF', base?: Btf): Btf {
  const whole = readBtfSection(bytes, section);
  const kept = base === undefined ? undefined : keptTypes(base, section);
  const parts = kept === undefined ? whole : { ...whole, strings: joined(kept.strings, whole.strings) };
  const index = indexRecords(parts, section, kept?.length ?? 1);
  const types = new KeptTypes(parts, index, section, kept);
  if (index.highest >= types.length) checkReferences(types, section);
  return { types, ...(base === undefined ? {} : { base }) };
}

function keptTypes(base: Btf, label: string): KeptTypes {
  if (base.types instanceof KeptTypes) return base.types;
  throw btfError('BTF_UNSUPPORTED', `${label}: the base of split BTF has to be read from bytes, not made`);
}

/** Strings of split BTF: the base's, then its own. */
function joined(first: StringTable, own: StringTable): StringTable {
  const { size } = first;
  return {
    size: size + own.size,
    has: (offset) => (offset < size ? first.has(offset) : own.has(offset - size)),
    at: (offset) => (offset < size ? first.at(offset) : own.at(offset - size)),
    place: (offset) => (offset < size ? first.place(offset) : own.place(offset - size)),
  };
}
