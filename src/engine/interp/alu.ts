import type { AluOp, BranchOp, Width } from '../../isa/index.js';

const u = BigInt.asUintN;
const s = BigInt.asIntN;

/**
 * One arithmetic operation as RFC 9669 section 4.1 defines it. Operands and result are unsigned 64-bit bigints; a
 * 32-bit operation looks at the low halves only and zero-extends its result.
 */
export function alu(op: AluOp, width: Width, dst: bigint, src: bigint): bigint {
  return u(width, compute(op, width, u(width, dst), u(width, src)));
}

function compute(op: AluOp, width: Width, a: bigint, b: bigint): bigint {
  const shift = b & BigInt(width - 1);
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0n ? 0n : a / b;
    // The only overflow, the minimum divided by -1, wraps to the minimum again; Linux since 6.12 says so too.
    case 'sdiv':
      return b === 0n ? 0n : s(width, a) / s(width, b);
    case 'mod':
      return b === 0n ? a : a % b;
    case 'smod':
      return b === 0n ? a : s(width, a) % s(width, b);
    case 'or':
      return a | b;
    case 'and':
      return a & b;
    case 'xor':
      return a ^ b;
    case 'mov':
      return b;
    case 'lsh':
      return a << shift;
    case 'rsh':
      return a >> shift;
    case 'arsh':
      return s(width, a) >> shift;
    default:
      return op satisfies never;
  }
}

/** Whether a conditional jump is taken. RFC 9669 section 4.3. */
export function isTaken(op: BranchOp, width: Width, dst: bigint, src: bigint): boolean {
  const [a, b] = [u(width, dst), u(width, src)];
  const [sa, sb] = [s(width, dst), s(width, src)];
  switch (op) {
    case 'jeq':
      return a === b;
    case 'jne':
      return a !== b;
    case 'jgt':
      return a > b;
    case 'jge':
      return a >= b;
    case 'jlt':
      return a < b;
    case 'jle':
      return a <= b;
    case 'jset':
      return (a & b) !== 0n;
    case 'jsgt':
      return sa > sb;
    case 'jsge':
      return sa >= sb;
    case 'jslt':
      return sa < sb;
    case 'jsle':
      return sa <= sb;
    default:
      return op satisfies never;
  }
}

/**
 * A byte order conversion of the low `bits` bits; what is above them becomes zero. The engine is a little-endian
 * machine, so that `le` only truncates. RFC 9669 section 4.2.
 */
export function convertEndian(to: 'le' | 'be' | 'bswap', bits: 16 | 32 | 64, value: bigint): bigint {
  let rest = u(bits, value);
  if (to === 'le') return rest;
  let swapped = 0n;
  for (let done = 0; done < bits; done += 8) {
    swapped = (swapped << 8n) | (rest & 0xffn);
    rest >>= 8n;
  }
  return swapped;
}

/** The low `bits` bits sign-extended to `width`, the rest zero. */
export function signExtend(bits: number, width: Width, value: bigint): bigint {
  return u(width, s(bits, value));
}
