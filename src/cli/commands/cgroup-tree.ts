import { KernelError } from '../../errors/errno.js';
import { programNames, rowJson, rowText, title } from '../cgroup-rows.js';
import type { Run } from '../context.js';
import { doing } from '../failure.js';
import type { Json } from '../format/json.js';
import { requireLinux } from '../only-linux.js';

export const run: Run = async (context) => {
  const { words, out, withKernel } = context;
  const isRoot = words.left > 0 && !isEffective(words.peek());
  const root = isRoot ? words.take('the path of a cgroup') : undefined;
  const effective = words.left > 0 && words.keyword(['effective']) === 'effective';
  words.end();
  requireLinux(context, 'cgroup tree', 'the engine attaches to cgroups by links, which skep link show lists');
  return withKernel('read', async ({ kernel }) => {
    const { cgroupPrograms, cgroupTree } = await import('../../linux/index.js');
    const answers: Json[] = [];
    let text = `CgroupPath\n${title(effective)}`;
    const paths = await doing("can't walk the cgroups", async () => [...cgroupTree(root)]);
    for (const path of paths) {
      let rows: ReturnType<typeof cgroupPrograms>;
      try {
        rows = cgroupPrograms(path, effective);
      } catch (error) {
        // A group that ended meanwhile has no programs; the root that was asked for has to be one.
        const isRefused = error instanceof KernelError && error.errno === 'EPERM';
        if (path === root || isRefused)
          await doing(`can't query bpf programs attached to ${path}`, () => Promise.reject(error));
        continue;
      }
      if (rows.length === 0) continue;
      const names = await programNames(kernel, rows);
      answers.push({ cgroup: path, programs: rows.map((row) => rowJson(row, names, effective)) });
      const indent = path === paths[0] ? '' : '    ';
      text += `${path}\n${rows.map((row) => indent + rowText(row, names, effective)).join('')}`;
    }
    if (out.json) out.answer(answers);
    else out.write(text);
    return undefined;
  });
};

function isEffective(word: string | undefined): boolean {
  return word !== undefined && word.length > 1 && 'effective'.startsWith(word);
}
