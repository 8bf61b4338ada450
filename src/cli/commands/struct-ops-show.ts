import type { Run } from '../context.js';
import { structOpsMaps } from '../struct-ops.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('read', async ({ kernel }) => {
    const rows = await structOpsMaps(words, kernel);
    if (out.json) out.answer(rows.map(({ id, name, struct }) => ({ id, name, kernel_struct_ops: struct })));
    else
      for (const { id, name, struct } of rows) out.write(`${id}: ${name.padEnd(15)} ${struct.padEnd(32)}\n`);
    return undefined;
  });
