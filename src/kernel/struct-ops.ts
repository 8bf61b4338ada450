import {
  type Btf,
  type BtfMember,
  type BtfTypeId,
  findByName,
  nameOf,
  resolve,
  resolvedType,
  sizeOf,
  trySizeOf,
  typeAt,
  typesOfKind,
} from '../btf/index.js';
import { SkepError } from '../errors/base.js';
import { KernelError } from '../errors/errno.js';
import type { StructOpsSpec } from '../object/spec.js';

/** What the kernel wraps a struct of functions in, to keep it in a map: `struct bpf_struct_ops_tcp_congestion_ops`. */
const VALUE_PREFIX = 'bpf_struct_ops_';

/** A struct that the kernel lets programs fill. */
export interface KernelStructOps {
  /** The struct itself. */
  readonly type: BtfTypeId;
  readonly members: readonly BtfMember[];
  /** What a map holds, and where the struct is in it. */
  readonly valueType: BtfTypeId;
  readonly valueSize: number;
  readonly dataOffset: number;
}

/**
 * The kernel's struct of a name.
 *
 * @throws {SkepError} `NO_KERNEL_BTF`; {KernelError} ENOTSUPP naming those that it has.
 */
export function kernelStructOps(btf: Btf | undefined, struct: string): KernelStructOps {
  if (btf === undefined)
    throw new SkepError(
      'NO_KERNEL_BTF',
      `struct ${struct} is described by the kernel's types, and it tells none`,
      {
        hint: 'use a kernel with CONFIG_DEBUG_INFO_BTF',
      },
    );
  const valueType = findByName(btf, `${VALUE_PREFIX}${struct}`, 'struct');
  const found = valueType === undefined ? undefined : structOpsValue(btf, valueType);
  if (found !== undefined) return found;
  const known = [...typesOfKind(btf, 'struct', 'union')].flatMap(([id, { name }]) =>
    name.startsWith(VALUE_PREFIX) && structOpsValue(btf, id) !== undefined
      ? [name.slice(VALUE_PREFIX.length)]
      : [],
  );
  throw new KernelError('ENOTSUPP', `this kernel takes no programs as members of struct ${struct}`, {
    facts: { struct, known },
    hint: `it takes them of ${known.join(', ') || 'no struct at all'}`,
  });
}

/** Reads what a value type wraps; undefined for a type that is none. */
export function structOpsValue(btf: Btf, valueType: BtfTypeId): KernelStructOps | undefined {
  const value = typeAt(btf, valueType);
  const data = value.kind === 'struct' ? value.members.find(({ name }) => name === 'data') : undefined;
  const struct = data && resolvedType(btf, data.type);
  if (value.kind !== 'struct' || data === undefined || struct?.kind !== 'struct') return undefined;
  if (nameOf(value) !== `${VALUE_PREFIX}${struct.name}`) return undefined;
  return {
    type: resolve(btf, data.type),
    members: struct.members,
    valueType,
    valueSize: value.size,
    dataOffset: data.bitOffset / 8,
  };
}

/** Where functions stand in a value, in bytes. */
export function functionOffsets(btf: Btf, { members, dataOffset }: KernelStructOps): number[] {
  return members
    .filter((member) => isFunction(btf, member))
    .map(({ bitOffset }) => dataOffset + bitOffset / 8);
}

function isFunction(btf: Btf, { type }: BtfMember): boolean {
  const pointer = resolvedType(btf, type);
  return pointer.kind === 'ptr' && resolvedType(btf, pointer.type).kind === 'func_proto';
}

/** The index of a member. @throws {KernelError} ENOTSUPP */
export function memberIndex({ members }: KernelStructOps, struct: string, member: string): number {
  const index = members.findIndex(({ name }) => name === member);
  if (index >= 0) return index;
  throw new KernelError('ENOTSUPP', `this kernel's struct ${struct} has no member ${member}`, {
    facts: { struct, member, members: members.map(({ name }) => name) },
    hint: 'leave it out with ?.struct_ops, or load on a newer kernel',
  });
}

/**
 * A map's value: the object's struct in the kernel's layout. Members that are functions hold the ids of programs; those
 * of the object that the kernel lacks have to be zero.
 *
 * @throws {KernelError} ENOTSUPP for a member that does not fit.
 */
export function structOpsContents(
  spec: StructOpsSpec,
  local: Btf,
  kernel: Btf,
  into: KernelStructOps,
  programId: (name: string) => number | undefined,
): Uint8Array {
  const value = new Uint8Array(into.valueSize);
  const functions = new Map(spec.functions.map(({ member, program }) => [member, program]));
  const struct = typeAt(local, spec.type);
  for (const member of struct.kind === 'struct' ? struct.members : []) {
    const program = functions.get(member.name);
    const from = member.bitOffset / 8;
    const size = trySizeOf(local, member.type) ?? 0;
    const bytes = spec.contents.subarray(Math.floor(from), Math.floor(from) + size);
    const own = into.members.find(({ name }) => name === member.name);
    if (program === undefined && (own === undefined || member.bitfieldSize > 0)) {
      if (bytes.some((byte) => byte !== 0))
        throw misfit(spec.struct, member.name, 'the kernel has no such member');
      continue;
    }
    if (own === undefined) throw misfit(spec.struct, member.name, 'the kernel has no such member');
    const at = into.dataOffset + own.bitOffset / 8;
    if (program !== undefined) {
      if (!isFunction(kernel, own)) throw misfit(spec.struct, member.name, "the kernel's is no function");
      new DataView(value.buffer).setBigUint64(at, BigInt(programId(program) ?? 0), true);
    } else if (sizeOf(kernel, own.type) !== size || own.bitfieldSize > 0) {
      if (bytes.some((byte) => byte !== 0))
        throw misfit(
          spec.struct,
          member.name,
          `it has ${size} bytes here and ${sizeOf(kernel, own.type)} there`,
        );
    } else value.set(bytes, at);
  }
  return value;
}

function misfit(struct: string, member: string, reason: string): KernelError {
  return new KernelError('ENOTSUPP', `member ${member} of struct ${struct} does not fit: ${reason}`, {
    facts: { struct, member },
    hint: 'set it to zero, or compile with the types of this kernel',
  });
}
