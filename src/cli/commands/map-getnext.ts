import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { hexArray, hexLines } from '../format/hex.js';
import { takeKey } from '../map-words.js';
import { takeMap } from '../select.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const info = await map.info();
    const key = words.left > 0 ? takeKey(words, info) : undefined;
    words.end();
    const next = await map.nextKey(key);
    if (next === undefined) throw new CommandError("can't get next key: No such file or directory");
    if (out.json) out.answer({ key: key === undefined ? null : hexArray(key), next_key: hexArray(next) });
    else {
      out.write(key === undefined ? 'key: None\n' : `key:\n${hexLines(key)}\n`);
      out.write(`next key:\n${hexLines(next)}\n`);
    }
    return undefined;
  });
