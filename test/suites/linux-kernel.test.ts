import { rmSync } from 'node:fs';
import { describe, test } from 'vitest';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import { enterPrivateNamespaces } from '../support/linux-namespaces.js';
import { kernelSuite } from './kernel-suite.js';

const { available, reason } = bpfAvailability();

if (available) {
  enterPrivateNamespaces();
  kernelSuite(
    'Linux',
    async () => {
      const kernel = LinuxKernel.open();
      return {
        kernel,
        close: async () => {
          await kernel.close();
          rmSync('/sys/fs/bpf/my_syn_counts', { force: true });
        },
      };
    },
    {
      'an object is loaded with its maps, attached where its section says, and its map is typed':
        'Linux has no tracepoint tcp_v4_connect: src/linux/attach/attach.test.ts has its answer',
    },
  );
} else {
  describe.skip(`Linux (${reason})`, () => test('the shared suite', () => {}));
}
