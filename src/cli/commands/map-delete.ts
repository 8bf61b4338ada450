import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeKey } from '../map-words.js';
import { takeMap } from '../select.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const key = takeKey(words, await map.info());
    words.end();
    await doing('delete failed', () => map.delete(key));
    return undefined;
  });
