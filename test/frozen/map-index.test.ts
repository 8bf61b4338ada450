import { describe, expect, test } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import type { BpfMap, Kernel } from '../../src/kernel/kernel.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';

/*
 * CVE-2024-56614 (xskmap) and CVE-2024-56615 (devmap): the index of an entry to delete was compared as a signed number, so
 * that negative ones lay before the map. User space deletes; no verifier is asked.
 */
const { available, reason } = bpfAvailability();
const ENTRIES = 4;
const TYPES = ['devmap', 'xskmap'] as const;
const index = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);

async function answer(map: BpfMap, key: number): Promise<string> {
  try {
    await map.delete(index(key));
    return 'deleted';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

const KERNELS = [
  { name: 'engine', skipped: '', open: async (): Promise<Kernel> => Engine.create() },
  { name: 'linux', skipped: available ? '' : reason, open: async (): Promise<Kernel> => LinuxKernel.open() },
];

describe.each(KERNELS)('$name', ({ skipped, open }) => {
  test.skipIf(skipped !== '').each(TYPES)(
    `an index that would be negative is none of a %s, the last one is ${skipped}`,
    async (type) => {
      const kernel = await open();
      try {
        const shape = { keySize: 4, valueSize: 4, maxEntries: ENTRIES, flags: 0 };
        const map = await kernel.createMap({
          name: 'indexed',
          type,
          ...shape,
          pinning: 'none',
        });
        const answers = [0xffff_ffff, 0x8000_0000, ENTRIES, ENTRIES - 1, 0].map((key) => answer(map, key));
        expect(await Promise.all(answers)).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'deleted', 'deleted']);
      } finally {
        await kernel.close();
      }
    },
  );
});
