import { expect, test } from 'vitest';
import { Engine } from '../../src/engine/engine.js';
import { ProgramRejected } from '../../src/kernel/rejected.js';
import { bpfAvailability, mapCreate, mapFreeze, mapUpdate, progLoad } from '../../src/linux/bpf.js';
import { asmProgram } from '../support/asm-program.js';
import { PROG_TYPE } from '../support/kernel-verifier.js';

const { available, reason } = bpfAvailability();

/** BPF_F_RDONLY_PROG */
const READ_ONLY = 0x80;
const SHAPE = { keySize: 4, valueSize: 16, maxEntries: 1 } as const;

/** Compares the stack's "abc" with the string that `string` puts into r3. */
const compare = (string: string): string => `
  r1 = *(u32 *)(r1 + 0)
  r6 = r1
  *(u32 *)(r10 - 8) = 0x636261
  ${string}
  r1 = r10
  r1 += -8
  r2 = 4
  call bpf_strncmp
  exit`;
/** Prints one number, by the format that lies at an offset of the map. */
const print = (offset: number, bytes: number): string => `
  *(u64 *)(r10 - 8) = 7
  r1 = r10
  r1 += -24
  r2 = 16
  r3 = map[idx:0]+${offset}
  r4 = r10
  r4 += -8
  r5 = ${bytes}
  call bpf_snprintf
  r0 = 0
  exit`;

const CASES: readonly (readonly [
  name: string,
  text: string,
  contents: string,
  flags: number,
  frozen: boolean,
])[] = [
  ['a string of a frozen read-only map', compare('r3 = map[idx:0]+0'), 'abc', READ_ONLY, true],
  ['a string in the middle of it', compare('r3 = map[idx:0]+8'), 'abcdefghijk', READ_ONLY, true],
  ['a map that is not frozen', compare('r3 = map[idx:0]+0'), 'abc', READ_ONLY, false],
  ['a map that programs may write', compare('r3 = map[idx:0]+0'), 'abc', 0, true],
  [
    'a place that depends on the packet',
    compare('r6 &= 7\nr3 = map[idx:0]+0\nr3 += r6'),
    'abc',
    READ_ONLY,
    true,
  ],
  ['a string without an end', compare('r3 = map[idx:0]+0'), 'abcdefghijklmnop', READ_ONLY, true],
  ['the stack', compare('r3 = r10\nr3 += -8'), 'abc', READ_ONLY, true],
  ['a format for the number that there is', print(0, 8), 'number %d', READ_ONLY, true],
  ['a format for more numbers', print(0, 8), '%d and %d', READ_ONLY, true],
  ['a format that Linux has not', print(0, 8), 'number %f', READ_ONLY, true],
];

const contentsOf = (text: string): Uint8Array => {
  const bytes = new Uint8Array(SHAPE.valueSize);
  bytes.set(new TextEncoder().encode(text));
  return bytes;
};

/** Linux's last words on the program; '' when it takes it. */
function onLinux(text: string, contents: string, flags: number, frozen: boolean): string {
  using map = mapCreate({ type: 2, ...SHAPE, flags });
  mapUpdate(map, new Uint8Array(4), contentsOf(contents));
  if (frozen) mapFreeze(map);
  const { insns } = asmProgram('sched_cls', text, []);
  const load = progLoad({ type: PROG_TYPE.sched_cls, insns, license: 'GPL', maps: [map], logLevel: 1 });
  if (load.ok) load.program.close();
  return load.ok ? '' : (load.log.trim().split('\n').at(-2) ?? '');
}

async function here(text: string, contents: string, flags: number, frozen: boolean): Promise<string> {
  const kernel = await Engine.create();
  const map = await kernel.createMap({ name: 'm', type: 'array', ...SHAPE, flags, pinning: 'none' });
  await map.update(new Uint8Array(4), contentsOf(contents));
  if (frozen) await map.freeze();
  try {
    await kernel.loadProgram(asmProgram('sched_cls', text, [map]), { verifyOnly: true });
    return '';
  } catch (error) {
    if (!(error instanceof ProgramRejected)) throw error;
    return error.rejection.message;
  }
}

test.skipIf(!available).each(CASES)(`%s: as Linux says ${reason}`, async (_name, ...program) => {
  expect(await here(...program)).toBe(onLinux(...program));
});
