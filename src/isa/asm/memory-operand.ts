import type { AccessBytes, Reg } from '../opcodes.js';
import type { Cursor } from './cursor.js';
import { cType, offset, register, registerOf } from './operands.js';

/** A place in memory: a 64-bit base register and an offset. */
export interface Place {
  readonly base: Reg;
  readonly off: number;
}

/** `(r1 + 4)`, or `[r1+4]` with the other pair of brackets. */
export function place(cursor: Cursor, open: '(' | '[' = '('): Place {
  cursor.expect(open === '(' ? /\(/y : /\[/y, `"${open}"`);
  const inner = bare(cursor);
  cursor.expect(open === '(' ? /\)/y : /\]/y, `"${open === '(' ? ')' : ']'}"`);
  return inner;
}

/** `r1 + 4` without brackets. */
export function bare(cursor: Cursor): Place {
  const base = register(cursor, 'a base register');
  if (base.width !== 64) throw cursor.fail('an address has 64 bits: a base is an r register');
  return { base: base.reg, off: offset(cursor) };
}

/** `(u32 *)(r1 + 4)`. */
export function typedPlace(
  cursor: Cursor,
): Place & { readonly bytes: AccessBytes; readonly signed: boolean } {
  cursor.expect(/\(/y, '"("');
  const type = cType(cursor);
  cursor.expect(/\*\s*\)/y, '"*)"');
  return { ...type, ...place(cursor) };
}

/** A register that holds a value of an access: r, or w for at most 4 bytes. */
export function valueRegister(cursor: Cursor, bytes: AccessBytes): Reg {
  const before = cursor.at;
  const found = register(cursor);
  if (found.width === 32 && bytes === 8) {
    cursor.at = before;
    return registerOf(cursor, 64);
  }
  return found.reg;
}
