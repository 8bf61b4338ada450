import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { takeProgram } from '../select.js';
import { DEVICE_ATTACH, deviceTarget, takeDevice } from '../targets.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const attach = words.keyword(DEVICE_ATTACH);
    const program = await takeProgram(words, kernel);
    const iface = takeDevice(words);
    const replace = words.left > 0 && words.keyword(['overwrite']) === 'overwrite';
    words.end();
    await doing(`interface ${attach} attach failed`, () =>
      kernel.attach(program, deviceTarget(attach, iface, replace)),
    );
    return undefined;
  });
