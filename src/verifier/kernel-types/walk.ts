import { nameOf, resolve, trySizeOf } from '../../btf/index.js';
import type { Btf, BtfMember, BtfType, BtfTypeId } from '../../btf/types.js';
import { isStructType, plainType } from './session-types.js';

/** What lies in a struct at an offset. */
export type Found =
  | { readonly kind: 'scalar' }
  /** A pointer to a struct: `tag` is how the kernel marks where it leads (`user`, `percpu`, `rcu`). */
  | {
      readonly kind: 'pointer';
      readonly type: BtfTypeId;
      readonly field: string;
      readonly tag: string;
      readonly inUnion: boolean;
    }
  /** A pointer to something else than a struct. */
  | { readonly kind: 'plain_pointer' }
  /** A struct that begins exactly there. */
  | { readonly kind: 'struct'; readonly type: BtfTypeId }
  | { readonly kind: 'error'; readonly message: string; readonly errno: 'EACCES' | 'EINVAL' | 'EFAULT' };

/** Linux's name of what has none. */
const ANONYMOUS = '(anon)';
const SCALAR: Found = { kind: 'scalar' };

interface Place {
  readonly type: BtfType & { kind: 'struct' | 'union' };
  readonly off: number;
}

type Step = Found | { readonly kind: 'inside'; readonly place: Place };

/**
 * Looks for what an access of `size` bytes at `off` meets in a struct, diving into nested structs, unions and arrays as
 * Linux does (`btf_struct_walk`).
 *
 * @param stopAtStruct answers a nested struct that begins at the offset, instead of diving into it.
 */
export function walkStruct(
  btf: Btf,
  id: BtfTypeId,
  off: number,
  size: number,
  stopAtStruct: boolean,
  inUnion = false,
): Found {
  const start = plainType(btf, id);
  if (!isStructType(start)) return failed(`Type '${nameOf(start) || ANONYMOUS}' is not a struct`, 'EINVAL');
  let place: Place = { type: start, off };
  let union = inUnion;
  for (;;) {
    union ||= place.type.kind === 'union' && place.type.members.length !== 1;
    const step = stepInto(btf, place, size, union);
    if (step.kind === 'inside') {
      place = step.place;
      continue;
    }
    if (step.kind !== 'struct' || stopAtStruct) return step;
    place = { type: plainType(btf, step.type) as Place['type'], off: 0 };
  }
}

function failed(message: string, errno: 'EACCES' | 'EINVAL' | 'EFAULT' = 'EACCES'): Found {
  return { kind: 'error', message, errno };
}

function stepInto(btf: Btf, place: Place, size: number, inUnion: boolean): Step {
  const { type, off } = place;
  if (off + size > type.size) return beyond(btf, place, size);
  for (const member of type.members) {
    const start = Math.floor(member.bitOffset / 8);
    if (off + size <= start) break;
    if (member.bitfieldSize !== 0) {
      const end = Math.ceil((member.bitOffset + member.bitfieldSize) / 8);
      if (off <= start && end <= off + size) return SCALAR;
      continue;
    }
    if (off < start) break;
    const length = trySizeOf(btf, member.type);
    if (length === undefined) return failed(`field ${member.name || ANONYMOUS} doesn't have size`, 'EFAULT');
    if (off >= start + length) continue;
    return insideMember(btf, place, size, member, start, length, inUnion);
  }
  return failed(`struct ${nameOf(type) || ANONYMOUS} doesn't have field at offset ${off}`, 'EINVAL');
}

/** Only an array without a length at the end goes on behind the end of its struct. */
function beyond(btf: Btf, { type, off }: Place, size: number): Step {
  const error = failed(`access beyond struct ${nameOf(type) || ANONYMOUS} at off ${off >>> 0} size ${size}`);
  const last = type.members[type.members.length - 1];
  const array = last === undefined ? undefined : plainType(btf, last.type);
  if (last === undefined || array?.kind !== 'array' || array.length !== 0) return error;
  const start = Math.floor(last.bitOffset / 8);
  if (off < start) return error;
  const element = plainType(btf, array.type);
  if (element.kind === 'int') return SCALAR;
  if (!isStructType(element)) return error;
  return { kind: 'inside', place: { type: element, off: (off - start) % element.size } };
}

function insideMember(
  btf: Btf,
  { type, off }: Place,
  size: number,
  member: BtfMember,
  memberStart: number,
  memberLength: number,
  inUnion: boolean,
): Step {
  const end = memberStart + memberLength;
  let start = memberStart;
  let length = memberLength;
  let id = resolve(btf, member.type);
  // An array is looked at as so many members; of several dimensions, in a row.
  for (let array = btf.types.at(id); array?.kind === 'array'; array = btf.types.at(id)) {
    id = resolve(btf, array.type);
    length = trySizeOf(btf, id) ?? 0;
  }
  if (length !== memberLength && length > 0) start += Math.floor((off - start) / length) * length;
  const found = btf.types.at(id) as BtfType;
  if (isStructType(found)) {
    if (off === start) return { kind: 'struct', type: id };
    return { kind: 'inside', place: { type: found, off: off - start } };
  }
  if (found.kind === 'ptr') {
    if (length !== size || off !== start)
      return failed(
        `cannot access ptr member ${member.name || ANONYMOUS} with moff ${start} in struct ${nameOf(type) || ANONYMOUS} with off ${off} size ${size}`,
      );
    return pointerMember(btf, found.type, member.name, inUnion);
  }
  if (off + size > end && !inUnion)
    return failed(
      `access beyond the end of member ${member.name || ANONYMOUS} (mend:${end}) in struct ${nameOf(type) || ANONYMOUS} with off ${off} size ${size}`,
    );
  return SCALAR;
}

function pointerMember(btf: Btf, target: BtfTypeId, field: string, inUnion: boolean): Found {
  const first = btf.types.at(target);
  const tag = first?.kind === 'type_tag' && first.attribute !== true ? first.name : '';
  const type = resolve(btf, target);
  if (!isStructType(btf.types.at(type) as BtfType)) return { kind: 'plain_pointer' };
  return { kind: 'pointer', type, field, tag, inUnion };
}
