import { btfError } from '../errors/btf.js';
import { MAX_DEPTH } from './constants.js';
import { referencesOf } from './references.js';
import type { BtfMember, BtfType, BtfTypeId } from './types.js';

/** @throws {SkepError} `BTF_BAD_TYPE` when a type names one that does not exist. */
export function checkReferences(types: readonly BtfType[], section: string): void {
  types.forEach((type, id) => {
    const bad = referencesOf(type).find((reference) => reference >= types.length);
    if (bad !== undefined)
      throw btfError(
        'BTF_BAD_TYPE',
        `${section}: type ${id} (${type.kind}) names type ${bad}; there are ${types.length}`,
        {
          facts: { section, type: id, reference: bad },
        },
      );
  });
}

/** Turns members whose type is an `int` of odd width (the encoding before Linux 5.0) into ordinary bit-fields. */
export function normaliseBitfields(types: readonly BtfType[]): readonly BtfType[] {
  const odd = types.map(
    (type) => type.kind === 'int' && (type.bits !== type.size * 8 || type.bitOffset !== 0),
  );
  if (!odd.includes(true)) return types;
  return types.map((type) => {
    if (type.kind !== 'struct' && type.kind !== 'union') return type;
    const members = type.members.map((member) => normaliseMember(types, odd, member));
    return members.some((member, index) => member !== type.members[index]) ? { ...type, members } : type;
  });
}

function normaliseMember(types: readonly BtfType[], odd: readonly boolean[], member: BtfMember): BtfMember {
  if (member.bitfieldSize !== 0) return member;
  const id = throughModifiers(types, member.type);
  const int = types[id];
  if (!odd[id] || int?.kind !== 'int') return member;
  return { ...member, bitOffset: member.bitOffset + int.bitOffset, bitfieldSize: int.bits };
}

function throughModifiers(types: readonly BtfType[], start: BtfTypeId): BtfTypeId {
  let id = start;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const type = types[id];
    if (
      type?.kind !== 'typedef' &&
      type?.kind !== 'const' &&
      type?.kind !== 'volatile' &&
      type?.kind !== 'restrict'
    )
      return id;
    id = type.type;
  }
  return start;
}
