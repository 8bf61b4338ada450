import { MAX_DEPTH } from './constants.js';
import { cycle, POINTER_BYTES, resolve, typeAt } from './resolve.js';
import type { Btf, BtfType, BtfTypeId } from './types.js';

type Composite = Extract<BtfType, { kind: 'struct' | 'union' }>;

const known = new WeakMap<Btf, Map<BtfTypeId, number>>();

/**
 * The alignment of a type in bytes: what C gives it, or 1 for structs that must have been packed; 1 for types without
 * values.
 *
 * @throws {SkepError} `BTF_CYCLE`
 */
export function alignOf(btf: Btf, id: BtfTypeId): number {
  return align(btf, id, memoOf(btf), 0);
}

/** Whether a struct or union can only have this layout when it is packed. */
export function isPacked(btf: Btf, type: Composite): boolean {
  return compositeAlign(btf, type, memoOf(btf), 0).packed;
}

function memoOf(btf: Btf): Map<BtfTypeId, number> {
  const memo = known.get(btf) ?? new Map<BtfTypeId, number>();
  known.set(btf, memo);
  return memo;
}

function align(btf: Btf, id: BtfTypeId, memo: Map<BtfTypeId, number>, depth: number): number {
  const at = resolve(btf, id);
  const found = memo.get(at);
  if (found !== undefined) return found;
  if (depth > MAX_DEPTH) throw cycle(id);
  const result = uncached(btf, typeAt(btf, at), memo, depth);
  memo.set(at, result);
  return result;
}

function uncached(btf: Btf, type: BtfType, memo: Map<BtfTypeId, number>, depth: number): number {
  switch (type.kind) {
    case 'int':
      return type.size;
    case 'enum':
    case 'enum64':
    case 'float':
      // Long double has 16 bytes on machines that have it.
      return powerOfTwo(type.size, 16);
    case 'ptr':
      return POINTER_BYTES;
    case 'array':
    case 'var':
      return align(btf, type.type, memo, depth + 1);
    case 'struct':
    case 'union': {
      const { packed, natural } = compositeAlign(btf, type, memo, depth);
      return packed ? 1 : natural;
    }
    default:
      return 1;
  }
}

function powerOfTwo(size: number, most: number): number {
  let result = 1;
  while (result * 2 <= Math.min(size, most)) result *= 2;
  return result;
}

function compositeAlign(
  btf: Btf,
  type: Composite,
  memo: Map<BtfTypeId, number>,
  depth: number,
): { natural: number; packed: boolean } {
  let natural = 1;
  let packed = false;
  for (const member of type.members) {
    const wanted = align(btf, member.type, memo, depth + 1);
    natural = Math.max(natural, wanted);
    if (member.bitfieldSize === 0 && member.bitOffset % (wanted * 8) !== 0) packed = true;
  }
  return { natural, packed: packed || type.size % natural !== 0 };
}
