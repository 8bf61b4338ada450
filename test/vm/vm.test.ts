import { beforeAll, describe, expect, test } from 'vitest';
import { machineRefusal, runInMachine } from './machine.js';

const refusal = machineRefusal();

/** The cases of guest/main.ts, each by its name. */
const CASES = [
  'a kprobe counts SYNs per source',
  'fentry counts SYNs per source',
  'fexit sees the result, kretprobe the return',
  'kprobe.multi is refused by name, as this kernel was built without fprobe',
  'an LSM program refuses a connection',
  'freplace takes the place of a function, and gives it back',
  'a function that there is not is answered with those that are near',
  'commands attach, show and detach a kprobe',
  'an older kernel is asked for a tc filter in place of tcx, and says which modules that takes',
];

describe.skipIf(refusal !== undefined)(`on Debian’s kernel in a virtual machine ${refusal ?? ''}`, () => {
  let outcome: Awaited<ReturnType<typeof runInMachine>>;
  beforeAll(async () => {
    outcome = await runInMachine();
  }, 300_000);

  test.each(CASES)('%s', (name) => {
    const result = outcome.results.find((one) => one.name === name);
    expect(
      result?.error ?? (result === undefined ? outcome.console.slice(-4000) : undefined),
    ).toBeUndefined();
  });

  test('no case is run and not looked at', () => {
    expect(outcome.results.map(({ name }) => name).sort()).toEqual([...CASES].sort());
  });
});
