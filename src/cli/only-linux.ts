import type { Context } from './context.js';
import { CommandError } from './failure.js';

/**
 * Refuses a command that is about something that only a real kernel has.
 *
 * @param what the command, as it is written.
 * @param why one sentence: what the engine has in its place.
 */
export function requireLinux({ kernel }: Context, what: string, why: string): void {
  if (kernel === 'linux') return;
  throw new CommandError(`'${what}' is for a real kernel: ${why}`, {
    hint: `As root on Linux: skep --kernel linux ${what}.`,
    facts: { command: what, kernel },
  });
}
