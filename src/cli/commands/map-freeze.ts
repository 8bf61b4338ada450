import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeMap } from '../select.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    words.end();
    await doing('failed to freeze map', () => map.freeze());
    return undefined;
  });
