import type { AttachTarget } from '../../kernel/kernel.js';
import { targetText } from '../../kernel/target.js';
import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { keepAttached } from '../keep.js';
import { takeProgram } from '../select.js';
import { takeTarget } from '../targets.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const program = await takeProgram(words, kernel);
    const target: AttachTarget = await takeTarget(words, kernel);
    words.end();
    const link = await doing('failed prog attach', () => kernel.attach(program, target));
    await keepAttached(kernel, link, out);
    out.note(`link ${link.id}: program ${program.id} at ${targetText(target)}`);
    return undefined;
  });
