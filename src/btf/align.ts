import { MAX_DEPTH } from './constants.js';
import { cycle, POINTER_BYTES, resolve, typeAt } from './resolve.js';
import type { Btf, BtfTypeId } from './types.js';

const known = new WeakMap<Btf, Map<BtfTypeId, number>>();

/**
 * The natural alignment of a type in bytes, as C gives it to a struct that is not packed; 1 for types without values.
 *
 * @throws {SkepError} `BTF_CYCLE`
 */
export function alignOf(btf: Btf, id: BtfTypeId): number {
  let memo = known.get(btf);
  if (memo === undefined) {
    memo = new Map();
    known.set(btf, memo);
  }
  return align(btf, id, memo, 0);
}

function align(btf: Btf, id: BtfTypeId, memo: Map<BtfTypeId, number>, depth: number): number {
  const at = resolve(btf, id);
  const found = memo.get(at);
  if (found !== undefined) return found;
  if (depth > MAX_DEPTH) throw cycle(id);
  const type = typeAt(btf, at);
  let result = 1;
  switch (type.kind) {
    case 'int':
    case 'enum':
    case 'enum64':
    case 'float':
      result = Math.min(type.size, type.kind === 'int' && type.size === 16 ? 16 : POINTER_BYTES) || 1;
      break;
    case 'ptr':
      result = POINTER_BYTES;
      break;
    case 'array':
    case 'var':
      result = align(btf, type.type, memo, depth + 1);
      break;
    case 'struct':
    case 'union':
      // A bit-field of odd place says nothing of the struct's alignment only when packed; the type still counts.
      for (const member of type.members) result = Math.max(result, align(btf, member.type, memo, depth + 1));
      break;
    default:
      break;
  }
  memo.set(at, result);
  return result;
}
