import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takePath, takeProgram } from '../select.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const object = await takeProgram(words, kernel);
    const path = takePath(words);
    words.end();
    await doing(`can't pin the object (${path})`, () => kernel.pin(object, path));
    return undefined;
  });
