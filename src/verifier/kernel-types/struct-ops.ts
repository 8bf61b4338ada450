import { findByName, trySizeOf } from '../../btf/index.js';
import type { Btf, BtfMember, BtfParam, BtfTypeId } from '../../btf/types.js';
import { type StructOpsStruct, structOpsStruct } from '../../hooks/struct-ops-structs.js';
import { isGplCompatible } from '../../object/license.js';
import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { structOps } from '../rules/struct-ops.js';
import { unsupported } from '../rules/unsupported.js';
import { kernelBtf, plainType } from './session-types.js';

/** The function of a kernel struct that a program takes the place of. */
export interface ImplementedMember {
  readonly member: string;
  readonly params: readonly BtfParam[];
  readonly returns: BtfTypeId;
  /** Parameters of the kernel's own function of that name, whose names say what may be null; empty when it has none. */
  readonly stub: readonly BtfParam[];
  /** What Linux does beside BTF; undefined for structs that skep knows by BTF only. */
  readonly rules: StructOpsStruct | undefined;
}

/** What a struct_ops program implements; undefined for programs of other types. */
export function implementedMember(s: Session): ImplementedMember | undefined {
  const { structOps: target } = s.program;
  if (target === undefined) return undefined;
  const btf = kernelBtf(s);
  const struct = btf.types.at(findByName(btf, target.struct, 'struct') ?? 0);
  const members = struct?.kind === 'struct' ? struct.members : [];
  const found = members.find(({ name }) => name === target.member);
  const proto = found === undefined ? undefined : functionOf(btf, found);
  if (proto === undefined) return undefined;
  return {
    member: target.member,
    params: proto.params,
    returns: proto.returns,
    stub: stubOf(btf, target.struct, target.member),
    rules: structOpsStruct(target.struct),
  };
}

/** A member that points to a function. */
function functionOf(btf: Btf, { type }: BtfMember) {
  const pointer = plainType(btf, type);
  const proto = pointer.kind === 'ptr' ? plainType(btf, pointer.type) : undefined;
  return proto?.kind === 'func_proto' ? proto : undefined;
}

function stubOf(btf: Btf, struct: string, member: string): readonly BtfParam[] {
  const func = btf.types.at(findByName(btf, `${struct}__${member}`, 'func') ?? 0);
  const proto = func?.kind === 'func' ? btf.types.at(func.type) : undefined;
  return proto?.kind === 'func_proto' ? proto.params : [];
}

/** The program may take the place of the function that it names. @throws {Refusal} */
export function checkStructOps(s: Session): void {
  const { hook, license, structOps: target, sleepable } = s.program;
  if (hook.name !== 'struct_ops') return;
  if (!isGplCompatible(license)) refuse(structOps, 0, { problem: 'license' });
  if (target === undefined) {
    refuse(unsupported, 0, { what: 'struct_ops programs that no struct names' });
    return;
  }
  const { struct, member } = target;
  const btf = kernelBtf(s);
  const id = findByName(btf, struct, 'struct') ?? 0;
  if (findByName(btf, `bpf_struct_ops_${struct}`, 'struct') === undefined)
    refuse(structOps, 0, { problem: 'struct', id }, 'ENOTSUPP');
  const type = btf.types.at(id);
  const index = type?.kind === 'struct' ? type.members.findIndex(({ name }) => name === member) : -1;
  const implemented = implementedMember(s);
  if (implemented === undefined) {
    refuse(structOps, 0, { problem: 'no_function', struct, member, index });
    return;
  }
  const { rules } = implemented;
  const mayNotSleep =
    sleepable === true &&
    rules !== undefined &&
    rules.sleepable !== 'all' &&
    !rules.sleepable.includes(member);
  if (rules?.unsupported.includes(member) === true)
    refuse(structOps, 0, { problem: 'unsupported', struct, member }, 'ENOTSUPP');
  if (mayNotSleep) refuse(structOps, 0, { problem: 'unsupported', struct, member });
}

/** Why a store to a struct of the kernel is refused; undefined when the struct of functions allows it. */
export function structOpsStoreRefusal(
  s: Session,
  { writes }: StructOpsStruct,
  name: string,
  off: number,
  size: number,
): string | undefined {
  const btf = kernelBtf(s);
  const id = findByName(btf, writes.struct, 'struct') ?? 0;
  if ('whole' in writes) {
    if (name !== writes.struct) return `only access to ${writes.struct} is supported`;
    const type = btf.types.at(id);
    const end = type?.kind === 'struct' ? type.size : 0;
    return off + size > end ? `write access at off ${off} with size ${size}` : undefined;
  }
  if (name !== writes.struct) return 'only read is supported';
  for (const path of writes.members) {
    const place = placeOf(btf, id, path.split('.'), 0);
    // The private words may be written from any byte on; others from their first.
    const isArray = place?.isArray === true;
    if (place === undefined || off < place.start || (isArray ? off >= place.end : off !== place.start))
      continue;
    if (off + size <= place.end) return undefined;
    return `write access at off ${off} with size ${size} beyond the member of ${writes.struct} ended at ${place.end}`;
  }
  return `no write support to ${writes.struct} at off ${off}`;
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly isArray: boolean;
}

/** Where a member lies, in the struct or in one that lies in it. */
function placeOf(btf: Btf, id: BtfTypeId, path: readonly string[], base: number): Place | undefined {
  const struct = plainType(btf, id);
  if (struct.kind !== 'struct' && struct.kind !== 'union') return undefined;
  const [first, ...rest] = path;
  const found = struct.members.find(({ name }) => name === first);
  if (found !== undefined) {
    const start = base + Math.floor(found.bitOffset / 8);
    if (rest.length > 0) return placeOf(btf, found.type, rest, start);
    const size =
      found.bitfieldSize > 0 ? Math.ceil(found.bitfieldSize / 8) : (trySizeOf(btf, found.type) ?? 0);
    return { start, end: start + size, isArray: plainType(btf, found.type).kind === 'array' };
  }
  for (const { type, bitOffset } of struct.members) {
    const inner = placeOf(btf, type, path, base + Math.floor(bitOffset / 8));
    if (inner !== undefined) return inner;
  }
  return undefined;
}
