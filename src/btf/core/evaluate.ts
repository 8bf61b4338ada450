import { coreError } from '../../errors/core-relocation.js';
import { resolve, sizeOf, typeAt } from '../resolve.js';
import type { Btf, BtfType, BtfTypeId } from '../types.js';
import { type Access, badRecord, type CoreRecord } from './access.js';

/** What a record comes to in one BTF. */
export interface Evaluation {
  /** Undefined: there is no such thing, and the instruction is poisoned. */
  readonly value: bigint | undefined;
  /** Whether the compiler put the local value in the instruction. */
  readonly validate: boolean;
  /** For a byte offset: the bytes to load or store there, and their type. */
  readonly access?: { readonly size: number; readonly type: BtfTypeId };
}

/** Computes a record's value for what was found (libbpf's `bpf_core_calc_*_relo`); `found` undefined when nothing was. */
export function evaluate(record: CoreRecord, found: Access | undefined, littleEndian: boolean): Evaluation {
  const { row } = record;
  switch (row.about) {
    case 'field':
      if (row.name === 'field_exists') return plain(found === undefined ? 0n : 1n);
      return found === undefined ? plain(undefined) : evaluateField(record, found, littleEndian);
    case 'type':
      return evaluateType(record, found);
    case 'enumerator':
      if (row.name === 'enumval_exists') return plain(found === undefined ? 0n : 1n);
      return plain(found && enumeratorValue(found));
    default:
      return row satisfies never;
  }
}

function plain(value: bigint | undefined): Evaluation {
  return { value, validate: true };
}

function evaluateType({ row }: CoreRecord, found: Access | undefined): Evaluation {
  if (found === undefined) return plain(0n);
  if (row.name === 'type_size') return plain(BigInt(sizeOf(found.btf, found.root)));
  // Type ids change when objects are linked, so the compiled one proves nothing.
  if (row.name === 'target_type_id' || row.name === 'local_type_id')
    return { value: BigInt(found.root), validate: false };
  return plain(1n);
}

function enumeratorValue(found: Access): bigint {
  const step = found.steps[0];
  const type = typeAt(found.btf, step?.type ?? 0);
  if (step === undefined || (type.kind !== 'enum' && type.kind !== 'enum64')) return 0n;
  const value = type.values[step.index]?.value ?? 0n;
  // Before kernels told signed enumerations apart, negative values were written as unsigned ones.
  return type.kind === 'enum' ? BigInt.asIntN(32, value) : value;
}

/** Where a field is, in bytes and bits, widened for a bit-field to what one load can read. */
interface Extent {
  readonly byteOffset: number;
  readonly byteSize: number;
  readonly bitSize: number;
  readonly isBitfield: boolean;
}

function evaluateField(record: CoreRecord, found: Access, littleEndian: boolean): Evaluation {
  const step = found.steps.at(-1);
  if (step === undefined) throw badRecord(record, 'it names no field');
  if (step.name === undefined) return evaluateElement(record, found, step.type);
  const owner = typeAt(found.btf, step.type);
  const member = owner.kind === 'struct' || owner.kind === 'union' ? owner.members[step.index] : undefined;
  if (member === undefined) throw badRecord(record, 'it names no member');
  const id = resolve(found.btf, member.type);
  const type = typeAt(found.btf, id);
  const extent =
    member.bitfieldSize > 0
      ? bitfieldExtent(record, type, found.bitOffset, member.bitfieldSize)
      : plainExtent(found.btf, id, found.bitOffset);
  return {
    ...fieldValue(record, found, type, extent, littleEndian),
    ...fieldAccess(record, found.btf, id, extent),
  };
}

function evaluateElement(record: CoreRecord, found: Access, type: BtfTypeId): Evaluation {
  const size = sizeOf(found.btf, type);
  if (record.row.name === 'byte_off')
    return { value: BigInt(Math.floor(found.bitOffset / 8)), validate: true, access: { size, type } };
  if (record.row.name === 'byte_sz') return plain(BigInt(size));
  throw badRecord(record, 'it cannot be asked of an array element');
}

function plainExtent(btf: Btf, id: BtfTypeId, bitOffset: number): Extent {
  const byteSize = sizeOf(btf, id);
  return { byteOffset: Math.floor(bitOffset / 8), byteSize, bitSize: byteSize * 8, isBitfield: false };
}

function bitfieldExtent(record: CoreRecord, type: BtfType, bitOffset: number, bitSize: number): Extent {
  let byteSize = 'size' in type ? type.size : 0;
  if (byteSize < 1) throw badRecord(record, 'the bit-field is of no integer type');
  const aligned = () => Math.floor(bitOffset / 8 / byteSize) * byteSize;
  while (bitOffset + bitSize - aligned() * 8 > byteSize * 8) {
    if (byteSize >= 8)
      throw coreError('CORE_RANGE', `no 64-bit load reads the ${bitSize} bits at bit ${bitOffset}`, {
        facts: { type: record.type, access: record.access, bitOffset, bitSize },
      });
    byteSize *= 2;
  }
  return { byteOffset: aligned(), byteSize, bitSize, isBitfield: true };
}

function fieldValue(
  record: CoreRecord,
  found: Access,
  type: BtfType,
  extent: Extent,
  littleEndian: boolean,
): Evaluation {
  const { byteOffset, byteSize, bitSize, isBitfield } = extent;
  const bitWithin = found.bitOffset - byteOffset * 8;
  switch (record.row.name) {
    case 'byte_off':
      return { value: BigInt(byteOffset), validate: !isBitfield };
    case 'byte_sz':
      return { value: BigInt(byteSize), validate: !isBitfield };
    case 'signed': {
      const signed = (type.kind === 'int' || type.kind === 'enum' || type.kind === 'enum64') && type.signed;
      return plain(signed ? 1n : 0n);
    }
    case 'lshift_u64': {
      const shift = littleEndian ? 64 - (bitWithin + bitSize) : (8 - byteSize) * 8 + bitWithin;
      return { value: BigInt(shift), validate: !isBitfield };
    }
    case 'rshift_u64':
      return plain(BigInt(64 - bitSize));
    default:
      throw badRecord(record, 'it cannot be asked of a field');
  }
}

/** For arrays, loads and stores are of elements. */
function fieldAccess(
  record: CoreRecord,
  btf: Btf,
  id: BtfTypeId,
  extent: Extent,
): Pick<Evaluation, 'access'> {
  if (record.row.name !== 'byte_off' || extent.isBitfield) return {};
  let type = typeAt(btf, id);
  let size = extent.byteSize;
  while (type.kind === 'array' && type.length > 0) {
    size /= type.length;
    type = typeAt(btf, resolve(btf, type.type));
  }
  return { access: { size, type: id } };
}
