import { type AccessBytes, REGISTERS, type Reg, SIZES } from '../opcodes.js';
import type { Operand, Width } from '../operation.js';
import type { Cursor } from './cursor.js';

const REGISTER = /%?([rw])(\d+)\b/y;
const NUMBER = /([+-]?)\s*(0x[0-9a-f]+|\d+)\b/iy;
const NAME = /[A-Za-z_.$][\w.$]*/y;

/** A register and the width that its letter says: `r` 64, `w` 32. */
export interface SizedRegister {
  readonly reg: Reg;
  readonly width: Width;
}

/** Where a jump or call goes: slots from the next instruction, or a label. */
export type Target = number | { readonly label: string; readonly line: number; readonly column: number };

export function tryRegister(cursor: Cursor): SizedRegister | undefined {
  const match = cursor.peek(REGISTER);
  if (match === undefined) return undefined;
  const reg = Number(match[2]);
  if (!(REGISTERS as readonly number[]).includes(reg))
    throw cursor.fail(`there is no register ${match[0]}; r0 to r10 are`, 'ASM_RANGE');
  cursor.take(REGISTER);
  return { reg: reg as Reg, width: match[1] === 'w' ? 32 : 64 };
}

export function register(cursor: Cursor, what = 'a register'): SizedRegister {
  const found = tryRegister(cursor);
  if (found === undefined) throw cursor.expected(what);
  return found;
}

/** A register whose letter fits the width: both sides of an operation have the same. */
export function registerOf(cursor: Cursor, width: Width): Reg {
  const before = cursor.at;
  const found = register(cursor);
  if (found.width !== width) {
    cursor.at = before;
    const letter = width === 32 ? 'w' : 'r';
    throw cursor.fail(`the other register has ${width} bits: ${letter}${found.reg} expected`);
  }
  return found.reg;
}

export function comma(cursor: Cursor): void {
  cursor.expect(/,/y, '","');
}

export function name(cursor: Cursor, what: string): string {
  return cursor.expect(NAME, what)[0];
}

export function tryName(cursor: Cursor): string | undefined {
  return cursor.take(NAME)?.[0];
}

/** Any integer, decimal or with 0x. */
export function tryNumber(cursor: Cursor): { readonly value: bigint; readonly hex: boolean } | undefined {
  const match = cursor.take(NUMBER);
  if (match === undefined) return undefined;
  const digits = match[2] as string;
  const magnitude = BigInt(digits);
  return { value: match[1] === '-' ? -magnitude : magnitude, hex: /^0x/i.test(digits) };
}

/**
 * An integer of 16, 32 or 64 bits, as a signed one. Decimal numbers are signed; with 0x the unsigned range is
 * allowed too (not for 16 bits), since that is how bit patterns are written.
 */
export function integer(cursor: Cursor, bits: 16 | 32 | 64, what = 'a number'): bigint {
  cursor.peek(NUMBER);
  const before = cursor.at;
  const number = tryNumber(cursor);
  if (number === undefined) throw cursor.expected(what);
  const { value, hex } = number;
  const limit = 1n << BigInt(bits - 1);
  const top = bits === 64 || (hex && bits === 32) ? limit * 2n : limit;
  if (value < -limit || value >= top) {
    cursor.at = before;
    cursor.take(/\s*/y);
    throw cursor.fail(`the number does not fit ${bits} bits`, 'ASM_RANGE', hintFor(bits));
  }
  return BigInt.asIntN(bits, value);
}

function hintFor(bits: number): string | undefined {
  return bits === 32 ? 'write "r1 = 0x1122334455667788 ll" for a 64-bit immediate' : undefined;
}

/** 32 bits however written, signed or unsigned: ids and offsets that have a field of their own. */
export function wide32(cursor: Cursor): number {
  const before = cursor.at;
  const number = tryNumber(cursor);
  if (number === undefined || number.value < -(1n << 31n) || number.value >= 1n << 32n) {
    cursor.at = before;
    throw cursor.expected('a number of 32 bits');
  }
  return Number(BigInt.asIntN(32, number.value));
}

export function imm32(cursor: Cursor): number {
  return Number(integer(cursor, 32));
}

/** A register of a width, or a 32-bit number. */
export function operand(cursor: Cursor, width: Width): Operand {
  return cursor.peek(REGISTER) === undefined
    ? { kind: 'imm', imm: imm32(cursor) }
    : { kind: 'reg', reg: registerOf(cursor, width) };
}

/** `+3`, `-3`, `pc+3`, or a label. */
export function target(cursor: Cursor, bits: 16 | 32): Target {
  cursor.take(/pc(?=\s*[+-])/y);
  if (cursor.peek(/[+-]/y) !== undefined) return Number(integer(cursor, bits, 'an offset'));
  if (cursor.atEnd) throw cursor.expected('a label or an offset like +3');
  const column = cursor.at + 1;
  return { label: name(cursor, 'a label or an offset like +3'), line: cursor.line, column };
}

/** `+ 4`, `- 8`, `+4`, `+ -4` or nothing: the offset of a memory operand. */
export function offset(cursor: Cursor): number {
  if (cursor.peek(/[+-]/y) === undefined) return 0;
  cursor.take(/\+(?=\s*-)/y);
  return Number(integer(cursor, 16, 'an offset'));
}

/** The bytes of `u8`…`u64` and `s8`…`s64`, and whether they are signed. */
export function cType(cursor: Cursor): { readonly bytes: AccessBytes; readonly signed: boolean } {
  const match = cursor.expect(/([us])(8|16|32|64)\b/y, 'u8, u16, u32, u64, s8, s16 or s32');
  const row = SIZES.find(({ c }) => c === `u${match[2]}`);
  return { bytes: row?.bytes ?? 8, signed: match[1] === 's' };
}
