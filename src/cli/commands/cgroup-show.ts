import type { CgroupProgram } from '../../linux/index.js';
import { programNames, rowJson, rowText, title } from '../cgroup-rows.js';
import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { requireLinux } from '../only-linux.js';

export const run: Run = async (context) => {
  const { words, out, withKernel } = context;
  const path = words.take('the path of a cgroup');
  const effective = words.left > 0 && words.keyword(['effective']) === 'effective';
  words.end();
  requireLinux(context, 'cgroup show', 'the engine attaches to cgroups by links, which skep link show lists');
  return withKernel('read', async ({ kernel }) => {
    const { cgroupPrograms } = await import('../../linux/index.js');
    const rows: readonly CgroupProgram[] = await doing(
      `can't query bpf programs attached to ${path}`,
      async () => cgroupPrograms(path, effective),
    );
    const names = await programNames(kernel, rows);
    if (out.json) out.answer(rows.map((row) => rowJson(row, names, effective)));
    else if (rows.length > 0)
      out.write(title(effective) + rows.map((row) => rowText(row, names, effective)).join(''));
    return undefined;
  });
};
