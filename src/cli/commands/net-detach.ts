import { targetText } from '../../kernel/target.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { DEVICE_ATTACH, deviceTarget, takeDevice } from '../targets.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const attach = words.keyword(DEVICE_ATTACH);
    const place = targetText(deviceTarget(attach, takeDevice(words)));
    words.end();
    let found = 0;
    for (const link of await kernel.links()) {
      if (targetText((await link.info()).target) !== place) continue;
      await doing(`interface ${attach} detach failed`, () => link.detach());
      found++;
    }
    if (found === 0) throw new CommandError(`interface ${attach} detach failed: No such file or directory`);
    return undefined;
  });
