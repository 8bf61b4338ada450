import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeLink } from '../select.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const link = await takeLink(words, kernel);
    words.end();
    await doing('failed link detach', () => link.detach());
    return undefined;
  });
