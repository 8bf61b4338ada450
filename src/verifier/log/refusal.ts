import type { Session } from '../explore/session.js';
import { ctxAccess } from '../rules/ctx-access.js';
import type { Refusal } from '../rules/rule.js';

/** What Linux says of a mistake. */
export function tellRefusal({ log }: Session, { rule, insn, message }: Refusal): void {
  // Linux shows the line of a wrong access of the context, whatever the level, before it says what follows from it.
  const [first = '', ...rest] = rule === ctxAccess.id ? message.split('\n') : [message];
  log.always(first);
  if (rule === ctxAccess.id) log.source(insn);
  for (const line of rest) log.always(line);
}
