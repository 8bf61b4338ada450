import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { hexLines } from '../format/hex.js';
import { EntryFormat } from '../map-entry.js';
import { takeKey } from '../map-words.js';
import { takeMap } from '../select.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const info = await map.info();
    const key = takeKey(words, info);
    words.end();
    const value = await doing('lookup failed', () => map.lookup(key));
    if (value === undefined) {
      if (out.json) out.answer(null);
      else out.write(`key:\n${hexLines(key)}\n\nNot found\n`);
      return 1;
    }
    const format = new EntryFormat(info);
    if (out.json) out.answer(format.json(key, value));
    else out.write(format.plain(key, value));
    return undefined;
  });
