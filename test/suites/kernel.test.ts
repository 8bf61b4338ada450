import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../src/engine/engine.js';
import { KernelServer, RemoteKernel } from '../../src/remote/index.js';
import { kernelSuite } from './kernel-suite.js';

for (const engine of ['jit', 'interpreter'] as const) {
  kernelSuite(`the engine with its ${engine}`, async () => {
    const kernel = await Engine.create({ engine });
    return { kernel, close: () => kernel.close() };
  });
}

kernelSuite('an engine that another process has open', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'skep-suite-'));
  const server = new KernelServer(await Engine.create(), { persist: () => {} });
  await server.listen(join(folder, 'socket'));
  const kernel = await RemoteKernel.connect(join(folder, 'socket'));
  return {
    kernel,
    close: async () => {
      await kernel.close();
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
});
