import { type AccessBytes, type AtomicOp, OPCODE_LD_IMM64 } from '../opcodes.js';
import type { Cursor } from './cursor.js';
import { isImm64, parseImm64 } from './imm64.js';
import { bare, typedPlace, valueRegister } from './memory-operand.js';
import { comma, imm32, registerOf, type SizedRegister, tryNumber, tryRegister } from './operands.js';
import type { Statement, StatementContext } from './statement.js';

type Form = (cursor: Cursor, dst: SizedRegister, match: RegExpExecArray) => Statement;

/** The right sides of `r1 = …` that are told apart by how they start. */
const FORMS: readonly (readonly [pattern: RegExp, parse: Form])[] = [
  [/-(?=\s*%?[rw]\d)/y, parseNegation],
  [/\(\s*s(8|16|32)\s*\)/y, parseSignExtension],
  [/(le|be|bswap)(16|32|64)\b/y, parseByteOrder],
  [/\*\s*\(\s*(u8|u16|u32)\s*\*\s*\)\s*skb\s*\[/y, parseSkb],
  [/\*(?=\s*\()/y, parseLoad],
  [/atomic(?:64)?_(?:fetch_(add|or|and|xor)|(xchg|cmpxchg))\s*\(/y, parseAtomic],
  [/(cmpxchg|xchg)(_64|32_32)\s*\(/y, parseExchange],
  [/load_acquire\s*\(/y, parseLoadAcquire],
  [/addr_space_cast\s*\(/y, parseCast],
];

/** The right side of `r1 = …`. */
export function parseAssigned(cursor: Cursor, dst: SizedRegister, context: StatementContext): Statement {
  if (context.opcode === OPCODE_LD_IMM64 || isImm64(cursor)) {
    if (dst.width === 32) throw cursor.fail('a 64-bit immediate needs an r register');
    return parseImm64(cursor, dst.reg, context);
  }
  for (const [pattern, parse] of FORMS) {
    const match = cursor.take(pattern);
    if (match !== undefined) return parse(cursor, dst, match);
  }
  const { reg, width } = dst;
  if (cursor.peek(/%?[rw]\d/y) !== undefined) {
    const src = { kind: 'reg', reg: registerOf(cursor, width) } as const;
    return { operation: { kind: 'alu', op: 'mov', width, dst: reg, src } };
  }
  if (cursor.peek(/[+\-\d]/y) === undefined) throw cursor.expected('a value');
  const src = { kind: 'imm', imm: imm32(cursor) } as const;
  return { operation: { kind: 'alu', op: 'mov', width, dst: reg, src } };
}

function parseNegation(cursor: Cursor, { reg, width }: SizedRegister): Statement {
  const src = registerOf(cursor, width);
  if (src !== reg) throw cursor.fail('a negation has one register: r1 = -r1');
  return { operation: { kind: 'neg', width, dst: reg } };
}

function parseSignExtension(
  cursor: Cursor,
  { reg, width }: SizedRegister,
  match: RegExpExecArray,
): Statement {
  const bits = Number(match[1]) as 8 | 16 | 32;
  if (bits === 32 && width === 32) throw cursor.fail('32 bits cannot be sign-extended to 32');
  return { operation: { kind: 'movsx', width, bits, dst: reg, src: registerOf(cursor, width) } };
}

function parseByteOrder(cursor: Cursor, { reg, width }: SizedRegister, match: RegExpExecArray): Statement {
  const src = registerOf(cursor, width);
  if (src !== reg) throw cursor.fail('a byte order conversion has one register: r1 = be16 r1');
  const [, to, bits] = match as unknown as [string, 'le' | 'be' | 'bswap', string];
  return { operation: { kind: 'end', to, bits: Number(bits) as 16 | 32 | 64, dst: reg } };
}

/** `*(u16 *)skb[12]`, `*(u16 *)skb[r1 + 12]`. */
function parseSkb(cursor: Cursor, dst: SizedRegister, match: RegExpExecArray): Statement {
  if (dst.reg !== 0) throw cursor.fail('packet bytes are loaded into r0');
  const bytes = (Number(match[1]?.slice(1)) / 8) as AccessBytes;
  const src = tryRegister(cursor);
  if (src !== undefined) cursor.take(/\+(?=\s*-)/y);
  const imm = src !== undefined && cursor.peek(/[+-]/y) === undefined ? 0 : imm32(cursor);
  cursor.expect(/\]/y, '"]"');
  if (src === undefined) return { operation: { kind: 'ld_abs', bytes, imm } };
  return { operation: { kind: 'ld_ind', bytes, src: src.reg, imm } };
}

function parseLoad(cursor: Cursor, dst: SizedRegister): Statement {
  const { bytes, signed, base, off } = typedPlace(cursor);
  if (dst.width === 32 && (bytes === 8 || signed))
    throw cursor.fail(`a ${signed ? 'sign-extending' : '64-bit'} load needs an r register`);
  if (signed && bytes === 8) throw cursor.fail('s64 cannot be loaded: u64 is the same');
  return { operation: { kind: 'load', bytes, signed, dst: dst.reg, base, off } };
}

/** `r1 = atomic64_fetch_add((u64 *)(r2 + 0), r1)`, `r0 = atomic_cmpxchg((u32 *)(r2 + 0), r0, r1)`. */
function parseAtomic(cursor: Cursor, dst: SizedRegister, match: RegExpExecArray): Statement {
  const op = (match[1] ?? match[2]) as AtomicOp;
  const { bytes, base, off } = typedPlace(cursor);
  return finishAtomic(cursor, dst, op, bytes, { base, off });
}

/** LLVM's `r1 = xchg_64(r2 + 0, r1)`, `w0 = cmpxchg32_32(r2 + 0, w0, w1)`. */
function parseExchange(cursor: Cursor, dst: SizedRegister, match: RegExpExecArray): Statement {
  const bytes = match[2] === '_64' ? 8 : 4;
  return finishAtomic(cursor, dst, match[1] as AtomicOp, bytes, bare(cursor));
}

function finishAtomic(
  cursor: Cursor,
  dst: SizedRegister,
  op: AtomicOp,
  bytes: AccessBytes,
  place: Pick<ReturnType<typeof bare>, 'base' | 'off'>,
): Statement {
  if (bytes < 4) throw cursor.fail('an atomic operation has 4 or 8 bytes');
  comma(cursor);
  if (op === 'cmpxchg') {
    if (valueRegister(cursor, bytes) !== 0) throw cursor.fail('a compare and exchange compares with r0');
    comma(cursor);
  }
  const src = valueRegister(cursor, bytes);
  cursor.expect(/\)/y, '")"');
  const result = op === 'cmpxchg' ? 0 : src;
  if (dst.reg !== result) throw cursor.fail(`the old value comes back in r${result}`);
  return { operation: { kind: 'atomic', op, fetch: true, bytes, ...place, src } };
}

function parseLoadAcquire(cursor: Cursor, dst: SizedRegister): Statement {
  const { bytes, base, off } = typedPlace(cursor);
  cursor.expect(/\)/y, '")"');
  return { operation: { kind: 'atomic', op: 'load_acquire', fetch: false, bytes, base, off, src: dst.reg } };
}

/** `addr_space_cast(r1, 0, 1)`: to space 0 from space 1. */
function parseCast(cursor: Cursor, dst: SizedRegister): Statement {
  const src = registerOf(cursor, 64);
  const [toSpace, fromSpace] = [0, 0].map(() => {
    comma(cursor);
    const space = tryNumber(cursor);
    if (space === undefined || space.value < 0n || space.value > 0xffffn)
      throw cursor.expected('an address space of 16 bits');
    return Number(space.value);
  }) as [number, number];
  cursor.expect(/\)/y, '")"');
  return { operation: { kind: 'addr_space_cast', dst: dst.reg, src, toSpace, fromSpace } };
}
