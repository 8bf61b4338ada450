import { expect, test } from 'vitest';
import { findByName } from '../btf/index.js';
import { linuxBtf } from '../btf/linux/linux-btf.js';
import { assemble } from '../isa/asm/index.js';
import type { LoadableProgram } from '../kernel/kernel.js';
import { Engine } from './engine.js';

async function reading(): Promise<LoadableProgram> {
  const btf = await linuxBtf();
  const insns = assemble('call bpf_rcu_read_lock\ncall bpf_rcu_read_unlock\nr0 = 0\nexit', {
    kfunc: (name) => findByName(btf, name, 'func'),
  });
  return {
    name: 'reading',
    type: 'socket_filter',
    license: 'GPL',
    kernelVersion: 0,
    insns,
    maps: [],
    subprograms: [],
    lines: [],
    btf: undefined,
  };
}

test('a program that calls kernel functions can be verified', async () => {
  const engine = await Engine.create();
  const program = await engine.loadProgram(await reading(), { verifyOnly: true });
  expect((await program.info()).name).toBe('reading');
  await engine.close();
});

test('what the engine cannot run is refused by name when it is loaded', async () => {
  const engine = await Engine.create();
  await expect(engine.loadProgram(await reading())).rejects.toThrow(
    'the engine has no bpf_rcu_read_lock yet',
  );
  await engine.close();
});
