import { expect, test } from 'vitest';
import { assemble } from '../isa/index.js';
import { Engine } from './engine.js';

const PROGRAM = {
  name: 'allow',
  type: 'cgroup_device',
  insns: assemble('r0 = 1\nexit'),
  license: 'GPL',
  kernelVersion: 0,
  maps: [],
  subprograms: [],
  lines: [],
  btf: undefined,
};

test('a program that calls a helper that the engine has not is refused by name, and can be verified', async () => {
  const engine = await Engine.create();
  try {
    const popsVlan = { ...PROGRAM, type: 'sched_cls', insns: assemble('call 19\nr0 = 0\nexit') };
    await expect(engine.loadProgram(popsVlan)).rejects.toThrow('the engine has no bpf_skb_vlan_pop yet');
    await engine.loadProgram(popsVlan, { verifyOnly: true });
  } finally {
    await engine.close();
  }
});

test('a program of a type that the engine does not run is refused by name, and can be verified', async () => {
  const engine = await Engine.create();
  try {
    await expect(engine.loadProgram(PROGRAM)).rejects.toThrow(
      'the engine does not run programs of type cgroup_device yet',
    );
    expect(await engine.programs()).toEqual([]);
    const verified = await engine.loadProgram(PROGRAM, { verifyOnly: true });
    expect((await verified.info()).verified?.processedInsns).toBe(2);
    const bad = { ...PROGRAM, insns: assemble('r0 = 2\nexit') };
    await expect(engine.loadProgram(bad, { verifyOnly: true })).rejects.toThrow(
      /should have been in \[0, 1\]/,
    );
  } finally {
    await engine.close();
  }
});
