import { btfError } from '../errors/btf.js';
import { MAX_DEPTH } from './constants.js';
import { referencesOf } from './references.js';
import type { BtfMember, BtfType, BtfTypeId, BtfTypes } from './types.js';

/** @throws {SkepError} `BTF_BAD_TYPE` when a type names one that does not exist. */
export function checkReferences(types: BtfTypes, section: string): void {
  for (const [id, type] of types.entries()) {
    const bad = referencesOf(type).find((reference) => reference >= types.length);
    if (bad !== undefined)
      throw btfError(
        'BTF_BAD_TYPE',
        `${section}: type ${id} (${type.kind}) names type ${bad}; there are ${types.length}`,
        {
          facts: { section, type: id, reference: bad },
        },
      );
  }
}

/** Turns members whose type is an `int` of odd width (the encoding before Linux 5.0) into ordinary bit-fields. */
export function withoutOddIntegers(types: BtfTypes, type: BtfType): BtfType {
  if (type.kind !== 'struct' && type.kind !== 'union') return type;
  return { ...type, members: type.members.map((member) => normaliseMember(types, member)) };
}

function normaliseMember(types: BtfTypes, member: BtfMember): BtfMember {
  if (member.bitfieldSize !== 0) return member;
  const int = behindModifiers(types, member.type);
  if (int?.kind !== 'int' || (int.bits === int.size * 8 && int.bitOffset === 0)) return member;
  return { ...member, bitOffset: member.bitOffset + int.bitOffset, bitfieldSize: int.bits };
}

function behindModifiers(types: BtfTypes, start: BtfTypeId): BtfType | undefined {
  let type = types.at(start);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (
      type?.kind !== 'typedef' &&
      type?.kind !== 'const' &&
      type?.kind !== 'volatile' &&
      type?.kind !== 'restrict'
    )
      return type;
    type = types.at(type.type);
  }
  return undefined;
}
