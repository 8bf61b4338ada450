import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { keepAttached } from '../keep.js';
import { takeProgram } from '../select.js';
import { DEVICE_ATTACH, deviceTarget, takeDevice } from '../targets.js';

export const run: Run = ({ words, out, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const attach = words.keyword(DEVICE_ATTACH);
    const program = await takeProgram(words, kernel);
    const iface = takeDevice(words);
    const replace = words.left > 0 && words.keyword(['overwrite']) === 'overwrite';
    words.end();
    const link = await doing(`interface ${attach} attach failed`, () =>
      kernel.attach(program, deviceTarget(attach, iface, replace)),
    );
    await keepAttached(kernel, link, out);
    return undefined;
  });
