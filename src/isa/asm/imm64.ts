import type { LdImm64Pseudo, Reg } from '../opcodes.js';
import type { Cursor } from './cursor.js';
import { integer, name, wide32 } from './operands.js';
import type { AsmSymbol } from './options.js';
import type { Statement, StatementContext } from './statement.js';

/** Whether what follows can only be a 64-bit immediate: `map[…`, `subprog[…`, `btf_id[…`, a number or name with `ll`. */
export function isImm64(cursor: Cursor): boolean {
  return (
    cursor.peek(/(map|subprog|btf_id)\s*\[|[+-]?\s*(0x[0-9a-f]+|\d+)\s*ll\b|[A-Za-z_.$][\w.$]*\s+ll\b/iy) !==
    undefined
  );
}

/** A 64-bit immediate: the right side of `r1 = …` and of `lddw r1, …`. */
export function parseImm64(cursor: Cursor, dst: Reg, context: StatementContext): Statement {
  if (cursor.take(/map\s*\[/y) !== undefined) return parseMap(cursor, dst, context);
  const bracket = cursor.take(/(subprog|btf_id)\s*\[/y);
  if (bracket !== undefined) {
    const low = wide32(cursor);
    cursor.expect(/\]/y, '"]"');
    return load(dst, bracket[1] === 'subprog' ? 'func' : 'btf_id', low, plus(cursor));
  }
  if (cursor.peek(/[+\-\d]/y) !== undefined) {
    const value = integer(cursor, 64);
    cursor.take(/ll\b/y);
    return load(dst, 'imm', Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
  }
  const symbol = named(cursor, context);
  cursor.take(/ll\b/y);
  return load(dst, symbol.pseudo, symbol.low, symbol.high ?? 0);
}

/** `map[id:3]`, `map[id:3][0]+8`, `map[fd:3]`, `map[idx:0]+8` (a value), `map[idx:0][]` (the map), `map[NAME]`. */
function parseMap(cursor: Cursor, dst: Reg, context: StatementContext): Statement {
  const kind = cursor.take(/(id|fd|idx)\s*:/y)?.[1];
  if (kind === undefined) {
    const symbol = named(cursor, context);
    cursor.expect(/\]/y, '"]"');
    if (cursor.take(/\[\s*0\s*\]/y) === undefined)
      return load(dst, symbol.pseudo, symbol.low, symbol.high ?? 0);
    const value = symbol.pseudo === 'map_idx' ? 'map_idx_value' : 'map_value';
    return load(dst, value, symbol.low, plus(cursor));
  }
  const low = wide32(cursor);
  cursor.expect(/\]/y, '"]"');
  if (kind === 'idx') {
    const whole = cursor.take(/\[\s*\]/y) !== undefined || cursor.peek(/\+/y) === undefined;
    return load(dst, whole ? 'map_idx' : 'map_idx_value', low, plus(cursor));
  }
  const value = cursor.take(/\[\s*0\s*\]/y) !== undefined;
  return load(dst, value ? 'map_value' : 'map_fd', low, plus(cursor));
}

function named(cursor: Cursor, { options }: StatementContext): AsmSymbol {
  cursor.take(/(?=\S)/y);
  const before = cursor.at;
  const word = name(cursor, 'a name');
  const symbol = options.symbol?.(word);
  if (symbol === undefined) {
    cursor.at = before;
    throw cursor.fail(`nothing is known of "${word}"`, 'ASM_SYMBOL', 'pass `symbol` in the options');
  }
  return symbol;
}

/** `+N` of up to 32 bits, or nothing. */
function plus(cursor: Cursor): number {
  return cursor.peek(/\+/y) === undefined ? 0 : wide32(cursor);
}

function load(dst: Reg, pseudo: LdImm64Pseudo, low: number, high: number): Statement {
  return { operation: { kind: 'ld_imm64', pseudo, dst, low, high } };
}
