import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeKey, takeValue } from '../map-words.js';
import { takeMap } from '../select.js';

const FLAGS = { any: 0, noexist: 1, exist: 2 } as const;

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const info = await map.info();
    const key = takeKey(words, info);
    const value = await takeValue(words, info, kernel);
    const flag = words.left > 0 ? words.keyword(['any', 'exist', 'noexist']) : 'any';
    words.end();
    await doing('update failed', () => map.update(key, value, FLAGS[flag]));
    return undefined;
  });
