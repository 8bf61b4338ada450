import { ALU_OPS, type AluOp, ATOMIC_OPS, BRANCH_OPS } from '../opcodes.js';
import { parseAssigned } from './assigned.js';
import { parseCall, parseCallRegister } from './call.js';
import type { Cursor } from './cursor.js';
import { typedPlace, valueRegister } from './memory-operand.js';
import { comma, imm32, operand, register, target, tryRegister } from './operands.js';
import { jumping, type Statement, type StatementContext, type StatementParser } from './statement.js';

const ALU_BY_SYMBOL = new Map<string, AluOp>(ALU_OPS.map((row) => [row.symbol, row.name]));
const BRANCH_BY_SYMBOL = new Map<string, (typeof BRANCH_OPS)[number]['name']>(
  BRANCH_OPS.map((row) => [row.symbol, row.name]),
);
/** The atomic operations that can be written as `lock *(…) op= r`. */
const LOCKED = ATOMIC_OPS.filter((row) => row.fetch === 'optional').map((row) => row.name);

/** Statements of the pseudo-C syntax by the word that they start with. */
export const PSEUDO_C_WORDS: ReadonlyMap<string, StatementParser> = new Map<string, StatementParser>([
  ['if', parseIf],
  ['goto', (cursor) => jumping({ kind: 'goto', wide: false, offset: 0 }, target(cursor, 16))],
  ['gotol', (cursor) => jumping({ kind: 'goto', wide: true, offset: 0 }, target(cursor, 32))],
  ['may_goto', (cursor) => jumping({ kind: 'may_goto', offset: 0 }, target(cursor, 16))],
  ['call', parseCall],
  ['callx', parseCallRegister],
  ['exit', () => ({ operation: { kind: 'exit' } })],
  ['store_release', parseStoreRelease],
]);

/** An assignment or store of the pseudo-C syntax; undefined when the line starts like neither. */
export function parseAssignment(cursor: Cursor, context: StatementContext): Statement | undefined {
  if (cursor.peek(/\*/y) !== undefined) return parseStore(cursor);
  const dst = tryRegister(cursor);
  if (dst === undefined) return undefined;
  const symbol = cursor.expect(/s?(?:>>|\/|%)=|<<=|[+\-*|&^]=|=/y, 'an operator such as = or +=')[0];
  if (symbol === '=') return parseAssigned(cursor, dst, context);
  const op = ALU_BY_SYMBOL.get(symbol) as AluOp;
  return { operation: { kind: 'alu', op, width: dst.width, dst: dst.reg, src: operand(cursor, dst.width) } };
}

/** `if r1 s> 5 goto +3`. */
function parseIf(cursor: Cursor): Statement {
  const dst = register(cursor);
  const symbol = cursor.expect(/s[<>]=?|[<>]=?|[=!]=|&/y, 'a comparison')[0];
  const op = BRANCH_BY_SYMBOL.get(symbol);
  if (op === undefined) throw cursor.expected('a comparison');
  const src = operand(cursor, dst.width);
  cursor.expect(/goto\b/y, '"goto"');
  const { reg, width } = dst;
  return jumping({ kind: 'branch', op, width, dst: reg, src, offset: 0 }, target(cursor, 16));
}

/** `*(u32 *)(r1 + 4) = r2`. */
function parseStore(cursor: Cursor): Statement {
  cursor.expect(/\*/y, '"*"');
  const { bytes, base, off } = typedPlace(cursor);
  cursor.expect(/=/y, '"="');
  if (cursor.peek(/%?[rw]\d/y) !== undefined) {
    const reg = valueRegister(cursor, bytes);
    return { operation: { kind: 'store', bytes, base, off, src: { kind: 'reg', reg } } };
  }
  return { operation: { kind: 'store', bytes, base, off, src: { kind: 'imm', imm: imm32(cursor) } } };
}

/** `store_release((u64 *)(r1 + 0), r2)`. */
function parseStoreRelease(cursor: Cursor): Statement {
  cursor.expect(/\(/y, '"("');
  const { bytes, base, off } = typedPlace(cursor);
  comma(cursor);
  const src = valueRegister(cursor, bytes);
  cursor.expect(/\)/y, '")"');
  return { operation: { kind: 'atomic', op: 'store_release', fetch: false, bytes, base, off, src } };
}

/** What follows `lock` in the pseudo-C syntax: `*(u64 *)(r1 + 0) += r2`. */
export function parseLocked(cursor: Cursor): Statement {
  cursor.expect(/\*/y, '"*"');
  const { bytes, base, off } = typedPlace(cursor);
  const symbol = cursor.expect(/[+|&^]=/y, '+=, |=, &= or ^=')[0];
  const op = LOCKED.find((name) => name === ALU_BY_SYMBOL.get(symbol));
  if (op === undefined || bytes < 4) throw cursor.fail('an atomic operation has 4 or 8 bytes');
  const src = valueRegister(cursor, bytes);
  return { operation: { kind: 'atomic', op, fetch: false, bytes, base, off, src } };
}
