import { targetText } from '../../kernel/target.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { DEVICE_ATTACH, deviceTarget, takeDevice } from '../targets.js';

export const run: Run = ({ words, kernel: kernelName, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const attach = words.keyword(DEVICE_ATTACH);
    const iface = takeDevice(words);
    const target = deviceTarget(attach, iface);
    const place = targetText(target);
    words.end();
    let found = 0;
    for (const link of await kernel.links()) {
      if (targetText((await link.info()).target) !== place) continue;
      await doing(`interface ${attach} detach failed`, () => link.detach());
      found++;
    }
    if (found === 0 && kernelName === 'linux' && target.kind === 'xdp') {
      // bpftool attaches without a link.
      const { detachXdp } = await import('../../linux/index.js');
      const { mode } = target;
      await doing(`interface ${attach} detach failed`, async () => detachXdp(iface, mode));
    } else if (found === 0)
      throw new CommandError(`interface ${attach} detach failed: No such file or directory`);
    return undefined;
  });
