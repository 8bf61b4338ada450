import { expect, test } from 'vitest';
import { assemble } from '../isa/index.js';
import { bpfAvailability, progLoad, progTestRun } from '../linux/bpf.js';
import { formatTrace } from './format.js';

const { available, reason } = bpfAvailability();
const SOCKET_FILTER = 1;
const EINVAL = -22;

/** A format, the registers behind it, and the line; undefined where Linux says -EINVAL. */
const CASES: readonly (readonly [format: string, args: readonly bigint[], line: string | undefined])[] = [
  ['plain', [], 'plain'],
  ['%d %u %x', [-1n, 0xffffffffffffffffn, 255n], '-1 4294967295 ff'],
  ['%ld %lu %llx', [-5n, 5n, 0xdeadbeefcafen], '-5 5 deadbeefcafe'],
  ['%5d|%-5d|%05d', [42n, 42n, -42n], '   42|42   |-0042'],
  ['%+d% d', [7n, 7n], '+7 7'],
  ['%X %i %c', [0xabcdefn, 3n, 65n], 'ABCDEF 3 A'],
  ['100%% %d', [1n], '100% 1'],
  ['%d %d %d %d', [1n, 2n, 3n], undefined],
  ['%f', [1n], undefined],
  ['%lls', [1n], undefined],
  ['%', [1n], undefined],
  ['%5', [1n], undefined],
  ['tab\tline\n', [], 'tab\tline\n'],
  ['%pq', [1n], undefined],
  ['%sx', [1n], undefined],
  ['%pi5', [1n], undefined],
  ['%08llx.', [0x1234n], '00001234.'],
  ['%o', [1n], undefined],
];

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

/** What Linux's bpf_trace_printk returns. */
function onLinux(format: string, args: readonly bigint[]): number {
  const text = bytes(format);
  const room = Math.ceil(text.length / 8) * 8;
  const padded = new Uint8Array(room);
  padded.set(text);
  const words = new DataView(padded.buffer);
  const stores = Array.from(
    { length: room / 8 },
    (_, i) => `r6 = ${words.getBigInt64(i * 8, true)} ll\n*(u64 *)(r10 - ${room - i * 8}) = r6`,
  );
  const registers = args.map((arg, i) => `r${i + 3} = ${arg} ll`);
  const insns = assemble(
    [...stores, 'r1 = r10', `r1 += -${room}`, `r2 = ${text.length}`, ...registers, 'call 6', 'exit'].join(
      '\n',
    ),
  );
  const load = progLoad({ type: SOCKET_FILTER, insns, license: 'GPL', logLevel: 1 });
  if (!load.ok) throw new Error(load.log);
  using program = load.program;
  return progTestRun(program, { data: new Uint8Array(64) }).returnValue | 0;
}

test.each(CASES)('%j with %s prints %j', (format, args, line) => {
  const text = formatTrace(bytes(format), args, () => undefined);
  expect(text).toBe(line);
});

test.skipIf(!available).each(CASES)(
  `%j with %s is as long as on Linux, or refused as there ${reason}`,
  (format, args, line) => {
    const registers = [...args, 0n, 0n, 0n].slice(0, 3);
    expect(onLinux(format, registers)).toBe(line === undefined ? EINVAL : line.length);
  },
);

test('strings and addresses are read from memory', () => {
  const memory = new Map([
    [100n, new TextEncoder().encode('eth0')],
    [200n, Uint8Array.of(10, 1, 2, 3)],
  ]);
  const read = (address: bigint) => memory.get(address);
  expect(formatTrace(bytes('dev %s, ip %pI4'), [100n, 200n], read)).toBe('dev eth0, ip 10.1.2.3');
  expect(formatTrace(bytes('%pks %pi4'), [100n, 200n], read)).toBe('eth0 010.001.002.003');
});

test('a format without its closing zero, or with control characters, is refused', () => {
  expect(formatTrace(new TextEncoder().encode('x'), [], () => undefined)).toBeUndefined();
  expect(formatTrace(bytes('a\u0001'), [], () => undefined)).toBeUndefined();
});
