import { describe, expect, test } from 'vitest';
import { HOOKS, type Hook } from '../../src/hooks/index.js';
import { verify } from '../../src/verifier/verify.js';
import { kernelRefusal } from '../support/kernel-verifier.js';
import { assembleTest, testProgram } from '../support/verifier-program.js';
import { askKernel } from './fuzz/compare.js';
import { lastWords } from './last-words.js';

const refusal = kernelRefusal();
const suffix = refusal === undefined ? '' : ` (skipped: ${refusal})`;

/** Types that this kernel does not load, or not without the BTF of what they are attached to. */
const NOT_LOADED = new Set(['lirc_mode2', 'tracing', 'struct_ops', 'ext', 'lsm']);

/** Each hook with each of its views: the type, an attach type of the view, a value that may be returned. */
const SUBJECTS = HOOKS.filter(({ name }) => !NOT_LOADED.has(name)).flatMap((hook) =>
  hook.views.map((view) => ({
    name: `${hook.name} ${view.attachTypes?.[0] ?? ''}`.trim(),
    hook,
    attachType: view.attachTypes?.[0],
    result: view.returns?.min ?? 0,
  })),
);
type Subject = (typeof SUBJECTS)[number];

interface Verdict {
  readonly source: string;
  readonly says: string;
}

function ours({ hook, attachType }: Subject, source: string): Verdict {
  const result = verify(testProgram(assembleTest(source), hook.name, { attachType }));
  return { source, says: result.ok ? 'accepted' : result.rejection.message };
}

function kernels({ hook, attachType }: Subject, source: string): Verdict {
  const answer = askKernel(assembleTest(source), hook.name, { attachType });
  return { source, says: answer.ok ? 'accepted' : lastWords(answer.log) };
}

function expectSame(subject: Subject, sources: readonly string[]): void {
  expect(sources.map((source) => ours(subject, source))).toEqual(
    sources.map((source) => kernels(subject, source)),
  );
}

/** Loads and stores of all widths at every seventh offset, and past the end of the context. */
function accesses({ hook, result }: Subject): string[] {
  const end = Math.min(hook.ctx.size, 256) + 16;
  const sources: string[] = [];
  for (let off = 0; off < end; off += 7) {
    for (const width of [8, 16, 32, 64]) {
      const at = off - (off % (width / 8));
      sources.push(`r2 = *(u${width} *)(r1 + ${at})\nr0 = ${result}\nexit`);
      sources.push(`r0 = ${result}\n*(u${width} *)(r1 + ${at}) = r0\nexit`);
    }
  }
  return [...new Set(sources)];
}

/** Offsets of the context that hold a pointer of this kind, and their width. */
function pointerAt({ hook, attachType }: Subject, kind: string): { off: number; width: number } | undefined {
  const view = hook.views.find(({ attachTypes }) => attachTypes?.[0] === attachType);
  const off = Object.entries(view?.access?.pointers ?? {}).find(([, word]) => word === kind)?.[0];
  if (off === undefined) return undefined;
  return { off: Number(off), width: hook.ctx.struct === '__sk_buff' || hook.name === 'xdp' ? 32 : 64 };
}

const packetPrograms = (subject: Subject): string[] => {
  const data = pointerAt(subject, 'pkt');
  const end = pointerAt(subject, 'pkt_end');
  if (data === undefined || end === undefined) return [];
  const check = `
    r6 = *(u${data.width} *)(r1 + ${data.off})
    r7 = *(u${end.width} *)(r1 + ${end.off})
    r8 = r6
    r8 += 8
    if r8 > r7 goto out`;
  const out = `\nout:\n    r0 = ${subject.result}\n    exit`;
  return [
    `${check}\n    r2 = *(u32 *)(r6 + 4)${out}`,
    `${check}\n    r2 = *(u32 *)(r6 + 6)${out}`,
    `${check}\n    *(u32 *)(r6 + 4) = 1${out}`,
    `${check}\n    r1 = map[hash]\n    r2 = r6\n    call bpf_map_lookup_elem${out}`,
    `${check}\n    r2 = *(u32 *)(r7 + 0)${out}`,
  ];
};

const SOCKETS = ['sock', 'sock_or_null', 'sock_common', 'sock_common_or_null'] as const;

const socketPrograms = (subject: Subject): string[] =>
  SOCKETS.flatMap((kind) => {
    const place = pointerAt(subject, kind);
    if (place === undefined) return [];
    const load = `r6 = *(u64 *)(r1 + ${place.off})`;
    const out = `\nout:\nr0 = ${subject.result}\nexit`;
    const members = [0, 4, 8, 24, 48, 50, 72, 76, 80].flatMap((off) =>
      [8, 16, 32, 64].map((width) => `r2 = *(u${width} *)(r6 + ${off})`),
    );
    return [
      `${load}\nr2 = *(u32 *)(r6 + 4)${out}`,
      ...members.map((member) => `${load}\nif r6 == 0 goto out\n${member}${out}`),
      `${load}\nif r6 == 0 goto out\n*(u32 *)(r6 + 16) = 1${out}`,
      `${load}\nif r6 == 0 goto out\nr6 += 4${out}`,
      `${load}\nif r6 != 0 goto out\nr2 = *(u32 *)(r6 + 4)${out}`,
    ];
  });

describe.skipIf(refusal !== undefined).each(SUBJECTS)(`$name as Linux judges it${suffix}`, (subject) => {
  test('accesses of the context', () => {
    expectSame(subject, accesses(subject));
  });

  test('return values', () => {
    const values = [-4096, -1, 0, 1, 2, 3, 4].map((value) => `r0 = ${value}\nexit`);
    expectSame(subject, [...values, 'call bpf_ktime_get_ns\nexit', 'call bpf_ktime_get_ns\nr0 &= 1\nexit']);
  });

  test('packets, sockets and legacy loads', () => {
    const legacy = `r6 = r1\nr0 = *(u8 *)skb[0]\nr0 = ${subject.result}\nexit`;
    expectSame(subject, [...packetPrograms(subject), ...socketPrograms(subject), legacy]);
  });
});

/** Programs that say nothing wrong but are loaded for the wrong attach type. */
const WRONG: readonly (readonly [Hook['name'], string | undefined])[] = [
  ['cgroup_sock_addr', undefined],
  ['cgroup_sock_addr', 'cgroup_inet_egress'],
  ['sk_lookup', undefined],
  ['cgroup_sockopt', undefined],
  ['netfilter', undefined],
];

test.skipIf(refusal !== undefined).each(WRONG)(`%s cannot be loaded for %s${suffix}`, (hook, attachType) => {
  const insns = assembleTest('r0 = 1\nexit');
  expect(askKernel(insns, hook, { attachType }).ok).toBe(false);
  const result = verify(testProgram(insns, hook, { attachType }));
  expect(result.ok ? 'accepted' : result.rejection.rule).toBe('attach-type');
});
