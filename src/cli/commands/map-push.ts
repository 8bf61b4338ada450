import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeValue } from '../map-words.js';
import { takeMap } from '../select.js';

/** Also `enqueue`: which end the value goes to, the map knows. */
export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const map = await takeMap(words, kernel);
    const value = await takeValue(words, await map.info(), kernel);
    words.end();
    await doing('update failed', () => map.update(new Uint8Array(0), value));
    return undefined;
  });
