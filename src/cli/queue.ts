import type { BpfMap } from '../kernel/kernel.js';
import type { Context } from './context.js';
import { CommandError, doing } from './failure.js';
import { hexArray, hexLines } from './format/hex.js';
import { takeMap } from './select.js';

/** Prints the next value of a queue or stack. @returns 1 when it is empty */
export function nextOfQueue(
  { words, out, withKernel }: Context,
  purpose: 'read' | 'write',
  next: (map: BpfMap) => Promise<Uint8Array | undefined>,
): Promise<number | undefined> {
  return withKernel(purpose, async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    words.end();
    const value = await doing('lookup failed', () => next(map));
    if (value === undefined) {
      if (out.json) out.answer(null);
      // bpftool's words: taking from what is empty is an error, looking at it is not.
      else if (purpose === 'write') throw new CommandError('empty map');
      else out.write('key:\n\n\nNot found\n');
      return 1;
    }
    if (out.json) out.answer({ key: [], value: hexArray(value) });
    else out.write(`value:${value.length > 16 ? '\n' : ' '}${hexLines(value)}\n`);
    return undefined;
  });
}
