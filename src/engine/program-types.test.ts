import { expect, test } from 'vitest';
import { assemble } from '../isa/index.js';
import { Engine } from './engine.js';

const PROGRAM = {
  name: 'allow',
  type: 'netfilter',
  attachType: 'netfilter',
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
    const call = 'r2 = 0\nr3 = r10\nr3 += -24\nr4 = 24\nr5 = 0\ncall 66\nr0 = 0\nexit';
    const asks = { ...PROGRAM, type: 'sched_cls', insns: assemble(call) };
    await expect(engine.loadProgram(asks)).rejects.toThrow('the engine has no bpf_skb_get_xfrm_state yet');
    await engine.loadProgram(asks, { verifyOnly: true });
  } finally {
    await engine.close();
  }
});

test('a program of a type that the engine does not run is refused by name, and can be verified', async () => {
  const engine = await Engine.create();
  try {
    await expect(engine.loadProgram({ ...PROGRAM, type: 'ext' })).rejects.toThrow(
      'the engine does not run programs of type ext yet',
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
