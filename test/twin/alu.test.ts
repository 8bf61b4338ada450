import { describe, expect, test } from 'vitest';
import { ALU_OPS, BRANCH_OPS } from '../../src/isa/index.js';
import { kernelAvailability, runInEngine, runInLinux, type TwinCase } from '../support/twin.js';

const { available, reason } = kernelAvailability;

/** Values at which arithmetic turns: ends of ranges, signs, shift widths. */
const CORNERS = [
  0n,
  1n,
  2n,
  7n,
  31n,
  32n,
  33n,
  63n,
  64n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0x8000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
  0xdeadbeefcafebaben,
];
const u64 = (value: bigint) => new Uint8Array(new BigUint64Array([value]).buffer);
const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);

const PAIRS = CORNERS.flatMap((a) => CORNERS.map((b) => [a, b] as const));

/** Runs `body` on r6 and r7 for every pair in map 0, and stores r6 in map 1. */
function overAllPairs(body: string): TwinCase {
  const text = `
    r9 = 0
  next:
    *(u32 *)(r10 - 4) = r9
    r2 = r10
    r2 += -4
    r1 = m0 ll
    call bpf_map_lookup_elem
    if r0 == 0 goto done
    r6 = *(u64 *)(r0 + 0)
    r7 = *(u64 *)(r0 + 8)
    ${body}
    *(u64 *)(r10 - 16) = r6
    r2 = r10
    r2 += -4
    r3 = r10
    r3 += -16
    r4 = 0
    r1 = m1 ll
    call bpf_map_update_elem
    r9 += 1
    if r9 < ${PAIRS.length} goto next
  done:
    r0 = r9
    exit`;
  const inputs = PAIRS.map(([a, b], index) => [u32(index), Uint8Array.of(...u64(a), ...u64(b))] as const);
  const map = { type: 'array', keySize: 4, maxEntries: PAIRS.length };
  return {
    hook: 'socket_filter',
    maps: [
      { ...map, valueSize: 16, entries: inputs },
      { ...map, valueSize: 8 },
    ],
    packet: new Uint8Array(64),
    text,
  };
}

const ALU_CASES = ALU_OPS.flatMap(({ symbol, name }) => [
  [`${name}64`, `r6 ${symbol} r7`],
  [`${name}32`, `w6 ${symbol} w7`],
]);
const UNARY_CASES = [
  ...[
    'r6 = -r6',
    'w6 = -w6',
    'r6 = be16 r6',
    'r6 = be32 r6',
    'r6 = be64 r6',
    'r6 = le16 r6',
    'r6 = le32 r6',
    'r6 = le64 r6',
    'r6 = bswap16 r6',
    'r6 = bswap32 r6',
    'r6 = bswap64 r6',
  ],
  ...['r6 = (s8)r7', 'r6 = (s16)r7', 'r6 = (s32)r7', 'w6 = (s8)w7', 'w6 = (s16)w7'],
  ...[
    'r6 /= 7',
    'r6 s/= -7',
    'w6 %= 10',
    'w6 s%= -10',
    'r6 *= -3',
    'w6 += -1',
    'r6 &= -16',
    'r6 s>>= 63',
    'w6 s>>= 31',
    'r6 <<= 32',
    'w6 >>= 1',
  ],
].map((body) => [body, body]);
const BRANCH_CASES = BRANCH_OPS.flatMap(({ symbol, name }) => [
  [`${name}64`, `r8 = 1\nif r6 ${symbol} r7 goto +1\nr8 = 0\nr6 = r8`],
  [`${name}32`, `r8 = 1\nif w6 ${symbol} w7 goto +1\nr8 = 0\nr6 = r8`],
  [`${name}64 with an immediate`, `r8 = 1\nif r6 ${symbol} -2147483648 goto +1\nr8 = 0\nr6 = r8`],
  [`${name}32 with an immediate`, `r8 = 1\nif w6 ${symbol} -1 goto +1\nr8 = 0\nr6 = r8`],
]);

describe.skipIf(!available)(
  `arithmetic and branches on ${PAIRS.length} pairs of corner values, as in Linux ${reason}`,
  () => {
    test.each([...ALU_CASES, ...UNARY_CASES, ...BRANCH_CASES])('%s', async (_name, body) => {
      const twin = overAllPairs(body as string);
      const linux = runInLinux(twin);
      expect(linux.returnValue).toBe(PAIRS.length);
      expect(await runInEngine(twin, 'jit')).toEqual(linux);
      expect(await runInEngine(twin, 'interpreter')).toEqual(linux);
    });
  },
);
