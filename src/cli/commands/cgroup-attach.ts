import { takeCgroupAttachType } from '../cgroup-words.js';
import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { requireLinux } from '../only-linux.js';
import { takeProgram } from '../select.js';

export const run: Run = async (context) => {
  const { words, withKernel } = context;
  const path = words.take('the path of a cgroup');
  const attachType = takeCgroupAttachType(words);
  requireLinux(context, 'cgroup attach', 'in the engine it is skep prog attach PROG cgroup/TYPE PATH');
  return withKernel('write', async ({ kernel }) => {
    const program = await takeProgram(words, kernel);
    const flags = words.left > 0 ? words.keyword(['multi', 'override']) : undefined;
    words.end();
    const { attachToCgroup, LinuxProgram } = await import('../../linux/index.js');
    if (program instanceof LinuxProgram)
      await doing('failed to attach program', async () => attachToCgroup(program, path, attachType, flags));
    return undefined;
  });
};
