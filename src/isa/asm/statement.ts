import type { Insn } from '../insn.js';
import type { Operation } from '../operation.js';
import type { Cursor } from './cursor.js';
import type { Target } from './operands.js';
import type { AsmOptions } from './options.js';

/** One instruction as read: what it does, and the label that its offset waits for. */
export interface Statement {
  readonly operation: Operation | { readonly kind: 'raw'; readonly insn: Insn };
  readonly target?: Exclude<Target, number>;
}

/** What a parser of statements is given. */
export interface StatementContext {
  readonly options: AsmOptions;
  /** The line's own opcode, where it is written before the instruction as in `(b7) r0 = 0`. */
  readonly opcode: number | undefined;
}

export type StatementParser = (cursor: Cursor, context: StatementContext) => Statement;

/** A statement whose offset is known or waits for a label. */
export function jumping(
  operation: Extract<Operation, { readonly offset: number }>,
  target: Target,
): Statement {
  return typeof target === 'number' ? { operation: { ...operation, offset: target } } : { operation, target };
}
