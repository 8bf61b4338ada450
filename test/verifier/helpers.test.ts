import { describe, expect, test } from 'vitest';
import type { HelperArg } from '../../src/helpers/helper.js';
import { argumentsOf, HELPERS, mayCall } from '../../src/helpers/registry.js';
import { type Hook, hookByName, viewOf } from '../../src/hooks/index.js';
import { verify } from '../../src/verifier/verify.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';
import { askKernel } from './fuzz/compare.js';
import { lastWords } from './last-words.js';

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;

/** A type for each kind of context and of sockets. */
const SUBJECTS = (
  [
    ['sched_cls', undefined],
    ['cgroup_sock_addr', 'cgroup_inet4_connect'],
    ['sock_ops', undefined],
    ['sk_msg', undefined],
  ] as const
).map(([hook, attachType]) => ({
  hook,
  attachType,
  result: viewOf(hookByName(hook) as Hook, attachType)?.returns?.min ?? 0,
}));

/** Arguments of which some fit and some do not; the stack at r10 - 64 holds zeros. */
const VALUES = ['r6', 'map[hash]', 'r10', '8', '0'] as const;

function setting(register: number, value: (typeof VALUES)[number]): string {
  return value === 'r10' ? `r${register} = r10\nr${register} += -64` : `r${register} = ${value}`;
}

function fitting({ kind }: HelperArg): (typeof VALUES)[number] {
  if (kind === 'ctx') return 'r6';
  if (kind === 'const_map') return 'map[hash]';
  if (kind === 'size' || kind === 'alloc_size' || kind === 'anything') return '8';
  return 'r10';
}

/** Calls with all arguments fitting, and with one of them exchanged for each other value. */
function calls(args: readonly HelperArg[]): string[][] {
  const good = args.map((arg, i) => setting(i + 1, fitting(arg)));
  const bad = args.flatMap((arg, i) =>
    VALUES.filter((value) => value !== fitting(arg)).map((value) =>
      good.map((text, at) => (at === i ? setting(i + 1, value) : text)),
    ),
  );
  return [good, ...bad];
}

const CLEAR = Array.from({ length: 8 }, (_, slot) => `*(u64 *)(r10 - ${8 * (slot + 1)}) = 0`).join('\n');

describe.skipIf(refusal !== undefined).each(SUBJECTS)(`helpers of $hook $attachType${suffix}`, (subject) => {
  const { hook, attachType, result } = subject;

  test('are refused or taken as Linux does, or refused as not supported', () => {
    const wrong: string[] = [];
    for (const helper of HELPERS) {
      if (helper.mightSleep === true || mayCall(hook, helper.id, attachType) !== true) continue;
      for (const args of calls(argumentsOf(helper, hook))) {
        const source = `r6 = r1\n${CLEAR}\n${args.join('\n')}\ncall ${helper.id}\nr0 = ${result}\nexit`;
        const insns = assembleTest(source);
        const ours = verify(testProgram(insns, hook, { attachType }));
        if (!ours.ok && ours.rejection.rule === 'unsupported') continue;
        const kernel = askKernel(insns, hook, { attachType });
        if (ours.ok !== kernel.ok)
          wrong.push(
            `${helper.name}(${args.join('; ')}): ${ours.ok ? 'accepted' : ours.rejection.message} | ${lastWords(kernel.log)}`,
          );
      }
    }
    expect(wrong).toEqual([]);
  });
});
