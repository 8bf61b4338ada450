import type { Subprogram } from '../control-flow/shape.js';
import type { Session } from '../explore/session.js';
import { Refusal } from '../rules/rule.js';
import { checkGlobalArgument, type GlobalArgument, staticArguments } from './global-function.js';

/**
 * Linux compares what a static function, or a function that is called back, gets with its prototype too. It says in the
 * log what does not fit, decides nothing by it, and does not look at the function again.
 */
export function noteStaticArguments(s: Session, callee: Subprogram): void {
  if (callee.unreliable) return;
  const args = staticArguments(s, callee);
  if (args === undefined || !fits(s, args)) callee.unreliable = true;
}

function fits(s: Session, args: readonly GlobalArgument[]): boolean {
  try {
    args.forEach((argument, index) => {
      checkGlobalArgument(s, argument, index, s.reg(index + 1));
    });
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    s.log.always(error.message);
    return false;
  }
}
