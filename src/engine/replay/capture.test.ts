import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as p from '../../../test/support/packets.js';
import { readCapture } from '../../../test/support/read-capture.js';
import { SkepError } from '../../errors/base.js';

const frame = (port: number): Uint8Array => p.ethernet(p.ETHERTYPE.ipv4, p.ipv4(p.tcp({ sport: port })));
const two = [frame(1), frame(2)];
const wired = two.map((data) => data.join());
const TIME = 1_700_000_000_123_456_789n;
const micro = (TIME / 1000n) * 1000n;

const readable: Record<string, Uint8Array> = {
  'little-endian pcap': p.pcap(two),
  'big-endian nanosecond pcap': p.pcap(two, { little: false, nanoseconds: true }),
  'pcapng with unknown blocks': p.pcapng(two, { unknownBlocks: true }),
  'big-endian pcapng': p.pcapng(two, { little: false }),
  'pcapng with obsolete packet blocks': p.pcapng(two, { block: 'old' }),
  'big-endian pcapng with obsolete packet blocks': p.pcapng(two, { block: 'old', little: false }),
  'pcapng with simple packet blocks': p.pcapng(two, { block: 'simple' }),
};

/** A copy with one 32-bit little-endian number replaced. */
function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const copy = file.slice();
  new DataView(copy.buffer).setUint32(at, value, true);
  return copy;
}
const outcome = (file: Uint8Array): [number, string | undefined] => {
  const { packets, problem } = readCapture(file);
  return [packets.length, problem?.message];
};

describe('a capture reader', () => {
  it.each(Object.keys(readable))(
    'finds the same in chunks of one byte, of 7, and in the whole: %s',
    (name) => {
      const file = readable[name]!;
      const whole = readCapture(file);
      expect(whole.packets.map(({ data }) => data)).toEqual(wired);
      expect(whole.problem).toBeUndefined();
      expect(readCapture(file, 1)).toEqual(whole);
      expect(readCapture(file, 7)).toEqual(whole);
    },
  );

  it('goes on when a section changes the byte order, with interfaces of its own', () => {
    const first = p.pcapng([two[0]!], { interfaces: [{ link: 1 }] });
    const ip = p.ipv4(p.tcp({ sport: 9 }));
    const second = p.pcapng([ip], { little: false, interfaces: [{ link: 101, resolution: 9 }] });
    for (const file of [p.bytes(first, second, first), p.bytes(second, first, second)]) {
      for (const size of [1, file.length]) {
        const { packets, problem } = readCapture(file, size);
        expect(problem).toBeUndefined();
        expect(packets.map(({ etherType }) => etherType).sort()).toEqual(
          file[8] === 0x4d ? [0, 0, 0x0800] : [0, 0x0800, 0x0800],
        );
      }
    }
  });

  it('takes a small rest and a long record in tiny chunks in linear time', () => {
    const file = p.pcap([new Uint8Array(200_000)]);
    const started = performance.now();
    expect(readCapture(file, 1).packets).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each([
    { resolution: 0, offset: 0, time: 1_700_000_000_000_000_000n },
    { resolution: 3, offset: 0, time: 1_700_000_000_123_000_000n },
    { resolution: 9, offset: 0, time: TIME },
    { resolution: 10, offset: 0, time: TIME },
    { resolution: 0x80, offset: 0, time: 1_700_000_000_000_000_000n },
    { resolution: 0x80 | 10, offset: 0, time: 1_700_000_000_123_046_875n },
    { resolution: 0x80 | 32, offset: 0, time: 1_700_000_000_123_456_788n },
    { resolution: 6, offset: 3600, time: micro + 3_600_000_000_000n },
    { resolution: 6, offset: -3600, time: micro - 3_600_000_000_000n },
    { resolution: 0x80 | 10, offset: 1, time: 1_700_000_001_123_046_875n },
    { resolution: 6, offset: -1_800_000_000, time: 123_456_000n },
  ])('reads if_tsresol $resolution with if_tsoffset $offset', ({ resolution, offset, time }) => {
    for (const little of [true, false]) {
      const file = p.pcapng([{ data: two[0]!, time: TIME }], {
        little,
        interfaces: [{ link: 1, resolution, offset }],
      });
      expect(readCapture(file).packets.map((packet) => packet.time)).toEqual([time]);
    }
  });

  const pcap = p.pcap(two);
  const second = 24 + 16 + 54;
  const pcapng = p.pcapng(two);
  const block = 28 + 20 + 4;
  it.each<[string, Uint8Array, [number, string]]>([
    [
      'a packet longer than any',
      patched(pcap, second + 8, 0xffffffff),
      [
        1,
        'capture damaged at byte 94: the packet claims 4294967295 bytes, more than the 262144 that a capture may hold',
      ],
    ],
    [
      'a packet that goes past the end',
      patched(pcap, second + 8, 55),
      [1, 'capture cut off in the middle of a packet, at byte 164'],
    ],
    [
      'a cut header',
      pcap.subarray(0, second + 3),
      [1, 'capture cut off in the middle of a packet, at byte 97'],
    ],
    [
      'a block of length 0',
      patched(pcapng, 28 + 4, 0),
      [0, 'capture damaged at byte 28: a block cannot be 0 bytes long'],
    ],
    [
      'a block of odd length',
      patched(pcapng, 28 + 4, 21),
      [0, 'capture damaged at byte 28: a block cannot be 21 bytes long'],
    ],
    [
      'a block longer than any',
      patched(pcapng, 28 + 4, 0xfffffffc),
      [
        0,
        'capture damaged at byte 28: the block claims 4294967292 bytes, more than the 16777216 that a block may have',
      ],
    ],
    [
      'a section without byte-order mark',
      patched(pcapng, 8, 0),
      [0, 'capture damaged at byte 0: the section header has no byte-order mark'],
    ],
  ])('says where it stopped, after the packets before: %s', (_, file, expected) => {
    expect(outcome(file)).toEqual(expected);
  });

  it('says which interface a packet names that was not described', () => {
    expect(outcome(p.pcapng([{ data: two[0]!, source: 3 }]))[1]).toMatch(
      /^capture damaged at byte \d+: the packet is of interface 3, which was not described$/,
    );
  });

  it('says when packet block claims more than it holds', () => {
    const at = pcapng.length - 2 * (32 + 56) + 20;
    expect(outcome(patched(pcapng, at, 57))[1]).toMatch(
      /the packet claims 57 bytes in a block that has room for 56$/,
    );
    expect(block).toBeLessThan(at);
  });

  it.each([
    [[0x1f, 0x8b, 8, 0], 'gzip', 'gunzip'],
    [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', 'unzstd'],
    [[0xfd, 0x37, 0x7a, 0x58], 'xz', 'unxz'],
    [[0x42, 0x5a, 0x68, 0x39], 'bzip2', 'bunzip2'],
    [[0x04, 0x22, 0x4d, 0x18], 'lz4', 'unlz4'],
  ])('names what unpacks a compressed capture: %j', (magic, name, command) => {
    for (const size of [1, 100]) {
      const read = (): unknown => readCapture(p.bytes(magic, new Uint8Array(60)), size);
      expect(read).toThrow(`the capture is compressed with ${name}`);
      expect(read).toThrow(expect.objectContaining({ hint: `Unpack it first: ${command} FILE` }));
    }
  });

  it('counts packets of links that it does not know', () => {
    expect(readCapture(p.pcap(two, { link: 105 })).skipped).toEqual([
      { reason: 'link type 105 (IEEE 802.11)', packets: 2 },
    ]);
  });
});

/** Set SKEP_FUZZ_RUNS for a longer search, SKEP_FUZZ_SEED to repeat one. */
const RUNS = Number(process.env['SKEP_FUZZ_RUNS'] ?? 400);
const SEED = Number(process.env['SKEP_FUZZ_SEED'] ?? Date.now() & 0x7fff_ffff);

describe('a damaged capture', () => {
  const sample = new Uint8Array(readFileSync('examples/captures/connections.pcap')).subarray(0, 6000);
  const captures = [...Object.values(readable), sample];
  const damage = fc.record({
    capture: fc.nat({ max: captures.length - 1 }),
    edits: fc.array(
      fc.record({
        at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
      }),
      { maxLength: 6 },
    ),
    cut: fc.double({ min: 0, max: 1, noNaN: true }),
    chunk: fc.constantFrom(1, 13, 64, 1 << 20),
  });

  it(`gives SkepErrors only, the same in chunks of any size, in bounded time (seed ${SEED})`, () => {
    fc.assert(
      fc.property(damage, ({ capture, edits, cut, chunk }) => {
        const original = captures[capture]!;
        const file = original.slice(
          0,
          cut > 0.8 ? original.length : Math.ceil((original.length * cut) / 0.8),
        );
        for (const { at, bytes } of edits) {
          file.set(
            bytes.subarray(0, file.length),
            Math.min(Math.floor(at * file.length), Math.max(0, file.length - bytes.length)),
          );
        }
        const read = (size: number): unknown => {
          const started = performance.now();
          try {
            const { packets, problem, skipped } = readCapture(file, size);
            expect(packets.length).toBeLessThanOrEqual(file.length / 16);
            return [packets, problem?.code, problem?.message, skipped];
          } catch (error) {
            if (!(error instanceof SkepError)) throw error;
            return error.message;
          } finally {
            expect(performance.now() - started).toBeLessThan(2000);
          }
        };
        expect(read(chunk)).toEqual(read(Math.max(1, file.length)));
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
});
