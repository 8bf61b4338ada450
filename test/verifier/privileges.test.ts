import { afterAll, describe, expect, test } from 'vitest';
import { PROGRAM_TYPES } from '../../src/hooks/index.js';
import { capabilitiesToLoad, type LoadCapability } from '../../src/hooks/load-capabilities.js';
import type { BpfFd } from '../../src/linux/bpf.js';
import { rightsOf } from '../../src/verifier/privileges.js';
import { verify } from '../../src/verifier/verify.js';
import { loadWith, unprivilegedRefusal } from '../support/capabilities.js';
import { kernelLog, normaliseLog } from '../support/kernel-log.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { assembleTest, makeKernelMaps, testProgram } from '../support/verifier-program.js';
import { generateGuarded } from './fuzz/guarded.js';

const refusal = kernelRefusal();
const nobodyRefusal = refusal ?? unprivilegedRefusal();
const suffix = (reason: string | undefined) => (reason === undefined ? '' : ` (skipped: ${reason})`);
const EPERM = 1;

describe('what loading a program of a type takes', () => {
  const exit = assembleTest('r0 = 0\nexit');
  const refuses = (type: number, capabilities: readonly LoadCapability[]) => {
    const result = loadWith(capabilities, { type, insns: exit, license: 'GPL', logLevel: 0 });
    if (result.ok) result.program.close();
    return !result.ok && result.errno === EPERM;
  };
  // Without CAP_BPF nothing can be loaded where unprivileged bpf(2) is disabled, so that it is not taken away. The kernel at
  // hand has no LSM programs: it refuses them whoever loads them.
  test.skipIf(refusal !== undefined).each(PROGRAM_TYPES.filter(({ id, name }) => id > 0 && name !== 'lsm'))(
    `$name${suffix(refusal)}`,
    ({ id, name }) => {
      const needs = capabilitiesToLoad(name);
      const missed = (['net_admin', 'perfmon'] as const).filter((one) =>
        refuses(
          id,
          (['bpf', 'net_admin', 'perfmon'] as const).filter((each) => each !== one),
        ),
      );
      expect(missed).toEqual((['net_admin', 'perfmon'] as const).filter((each) => needs.includes(each)));
    },
  );
});

describe("the log of a program that is guarded against speculation is Linux's, line by line", () => {
  let maps: BpfFd[] | undefined;
  afterAll(() => {
    for (const map of maps ?? []) map.close();
  });
  /** Linux's notes on its own work: docs/verifier-parity.md. */
  const lines = (log: string) =>
    normaliseLog(log)
      .split('\n')
      .filter(
        (line) => !/^\(.*\) (frame \d+ insn|live stack update)|^verifier bug: REG INVARIANTS/.test(line),
      );
  const compare = (seed: number, capabilities: readonly 'bpf'[]) => {
    const { source, hook } = generateGuarded(seed, capabilities);
    const program = testProgram(assembleTest(source), hook);
    maps ??= makeKernelMaps();
    const ours = verify(program, { logLevel: 7, privileges: { capabilities } });
    expect(lines(ours.log)).toEqual(lines(kernelLog(program, 7, maps, capabilities).log));
  };

  test.skipIf(refusal !== undefined)(`with CAP_BPF${suffix(refusal)}`, () => {
    for (let seed = 0; seed < 120; seed++) compare(seed, ['bpf']);
  });
  test.skipIf(nobodyRefusal !== undefined)(`without capabilities${suffix(nobodyRefusal)}`, () => {
    for (let seed = 0; seed < 120; seed++) compare(seed, []);
  });
});

describe('rights', () => {
  test('CAP_SYS_ADMIN stands for all others', () => {
    expect(rightsOf({ capabilities: ['sys_admin'] })).toEqual(
      rightsOf({ capabilities: ['bpf', 'perfmon', 'net_admin'] }),
    );
  });

  test('a kernel without mitigations guards nobody, and still hides addresses', () => {
    const { bypassesSpectreV1, bypassesSpectreV4, seesPointers } = rightsOf({
      capabilities: [],
      mitigations: false,
    });
    expect({ bypassesSpectreV1, bypassesSpectreV4, seesPointers }).toEqual({
      bypassesSpectreV1: true,
      bypassesSpectreV4: true,
      seesPointers: false,
    });
  });
});
