import type { Cursor } from './cursor.js';
import { integer, register, target, tryName, tryRegister } from './operands.js';
import { jumping, type Statement, type StatementContext } from './statement.js';

/**
 * What follows `call`: `5`, `+3`, `pc+3`, `helper 5`, `local NAME`, `runtime 7`, `%r2`, `NAME` (a label, else what
 * `options.helper` or `options.kfunc` knows), `NAME#5`, `kfunc#7`.
 */
export function parseCall(cursor: Cursor, context: StatementContext): Statement {
  if (cursor.take(/local\b/y) !== undefined) return local(cursor);
  cursor.take(/helper\b(?!#)/y);
  if (cursor.take(/runtime\b/y) !== undefined) return kfunc(Number(integer(cursor, 32)));
  if (cursor.peek(/pc\s*[+-]|[+-]/y) !== undefined) return local(cursor);
  const through = tryRegister(cursor);
  if (through !== undefined) return { operation: { kind: 'call_register', reg: through.reg } };
  if (cursor.peek(/\d/y) !== undefined) return helper(Number(integer(cursor, 32)));
  return named(cursor, context);
}

export function parseCallRegister(cursor: Cursor): Statement {
  return { operation: { kind: 'call_register', reg: register(cursor).reg } };
}

function named(cursor: Cursor, { options }: StatementContext): Statement {
  const column = cursor.at + 2;
  const name = tryName(cursor);
  if (name === undefined) throw cursor.expected('a function, a helper number or an offset');
  if (cursor.take(/#/y) !== undefined) {
    const number = Number(integer(cursor, 32));
    return name === 'kfunc' ? kfunc(number) : helper(number);
  }
  const id = options.helper?.(name);
  if (id !== undefined) return helper(id);
  const btfId = options.kfunc?.(name);
  if (btfId !== undefined) return kfunc(btfId);
  return jumping({ kind: 'call_local', offset: 0 }, { label: name, line: cursor.line, column });
}

function local(cursor: Cursor): Statement {
  return jumping({ kind: 'call_local', offset: 0 }, target(cursor, 32));
}

function helper(id: number): Statement {
  return { operation: { kind: 'call_helper', id } };
}

function kfunc(btfId: number): Statement {
  return { operation: { kind: 'call_kfunc', btfId, btfFd: 0 } };
}
