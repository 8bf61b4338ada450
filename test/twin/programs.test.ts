import { describe, expect, test } from 'vitest';
import { kernelAvailability, runInEngine, runInLinux, type TwinCase } from '../support/twin.js';

const { available, reason } = kernelAvailability;

const PACKET = Uint8Array.from({ length: 80 }, (_, i) => (i * 37 + 11) & 0xff);
const ARRAY = { type: 'array', keySize: 4, valueSize: 64, maxEntries: 2 };
const HASH = { type: 'hash', keySize: 4, valueSize: 8, maxEntries: 3 };
const LRU = { type: 'lru_hash', keySize: 4, valueSize: 8, maxEntries: 64 };

/** Gets the value of slot 0 of map 0 in r6. */
const SLOT_0 = `
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = m0 ll
  call bpf_map_lookup_elem
  if r0 == 0 goto out
  r6 = r0`;
const OUT = `
  r0 = 0
out:
  exit`;

/** Stores `size` bytes of operations on slot 0. */
const onSlot = (body: string): string => `${SLOT_0}\n${body}\n${OUT}`;

/** Key r7 and value r8 in map 0, by the helper `call`; r0 is kept at offset `at` of slot 0 in map 1. */
const mapCall = (call: string, key: number, value: number, flags: number): string => `
  *(u32 *)(r10 - 4) = ${key}
  *(u64 *)(r10 - 16) = ${value}
  r2 = r10
  r2 += -4
  r3 = r10
  r3 += -16
  r4 = ${flags}
  r1 = m0 ll
  call ${call}`;

/** Folds r0 of several calls into r6. */
const collect = (...calls: string[]): string =>
  `r6 = 0\n${calls.map((call) => `${call}\nr6 *= 31\nr6 += r0`).join('\n')}\nr0 = r6\nexit`;
const update = (key: number, value: number, flags = 0) => mapCall('bpf_map_update_elem', key, value, flags);
const remove = (key: number) => mapCall('bpf_map_delete_elem', key, 0, 0);

/** Packet bounds checked for \`need\` bytes: data in r6. */
const packet = (need: number, body: string): string => `
  r7 = r1
  r6 = *(u32 *)(r1 + 0)
  r2 = *(u32 *)(r1 + 4)
  r3 = r6
  r3 += ${need}
  if r3 > r2 goto drop
  ${body}
  exit
drop:
  r0 = 1
  exit`;

type Row = readonly [name: string, twin: Omit<TwinCase, 'packet'> & { readonly packet?: Uint8Array }];

const memory = (name: string, body: string): Row => [
  name,
  { hook: 'socket_filter', maps: [ARRAY], text: onSlot(body) },
];
const maps = (name: string, text: string, map: TwinCase['maps'][number] = HASH): Row => [
  name,
  { hook: 'socket_filter', maps: [map], text },
];
const xdp = (name: string, text: string, repeat = 1): Row => [
  name,
  { hook: 'xdp', maps: [ARRAY], text, repeat },
];

const SEED =
  'r1 = 0x1122334455667788 ll\n*(u64 *)(r6 + 0) = r1\nr2 = 0x8899aabbccddeeff ll\n*(u64 *)(r6 + 8) = r2';

const ROWS: readonly Row[] = [
  memory(
    'stores of every size',
    'r1 = 0x1122334455667788 ll\n*(u64 *)(r6 + 0) = r1\n*(u32 *)(r6 + 8) = r1\n*(u16 *)(r6 + 12) = r1\n*(u8 *)(r6 + 14) = r1',
  ),
  memory(
    'stores of immediates, sign-extended',
    '*(u64 *)(r6 + 0) = -2\n*(u32 *)(r6 + 8) = -2\n*(u16 *)(r6 + 12) = -2\n*(u8 *)(r6 + 14) = -2',
  ),
  memory(
    'loads of every size, zero-extended',
    `${SEED}\nr1 = *(u8 *)(r6 + 8)\n*(u64 *)(r6 + 16) = r1\nr1 = *(u16 *)(r6 + 8)\n*(u64 *)(r6 + 24) = r1\nr1 = *(u32 *)(r6 + 8)\n*(u64 *)(r6 + 32) = r1`,
  ),
  memory(
    'loads of every size, sign-extended',
    `${SEED}\nr1 = *(s8 *)(r6 + 8)\n*(u64 *)(r6 + 16) = r1\nr1 = *(s16 *)(r6 + 8)\n*(u64 *)(r6 + 24) = r1\nr1 = *(s32 *)(r6 + 8)\n*(u64 *)(r6 + 32) = r1`,
  ),
  memory(
    'unaligned loads and stores in a map value',
    `${SEED}\nr1 = *(u32 *)(r6 + 5)\n*(u32 *)(r6 + 19) = r1\nr1 = *(u64 *)(r6 + 3)\n*(u64 *)(r6 + 25) = r1`,
  ),
  memory(
    'the stack as bytes and as words',
    '*(u64 *)(r10 - 16) = -1\n*(u8 *)(r10 - 13) = 0x55\n*(u16 *)(r10 - 12) = 0x6677\nr1 = *(u64 *)(r10 - 16)\n*(u64 *)(r6 + 0) = r1',
  ),
  memory(
    'atomic add, or, and, xor of 64 bits',
    `${SEED}\nr1 = -7\nlock *(u64 *)(r6 + 0) += r1\nlock *(u64 *)(r6 + 8) ^= r1\nr1 = 0xf0f0\nlock *(u64 *)(r6 + 0) |= r1\nlock *(u64 *)(r6 + 8) &= r1`,
  ),
  memory(
    'atomic add, or, and, xor of 32 bits',
    `${SEED}\nr1 = -7\nlock *(u32 *)(r6 + 0) += r1\nlock *(u32 *)(r6 + 8) ^= r1\nr1 = 0xf0f0\nlock *(u32 *)(r6 + 4) |= r1\nlock *(u32 *)(r6 + 12) &= r1`,
  ),
  memory(
    'atomics that fetch, 64 bits',
    `${SEED}\nr1 = -7\nr1 = atomic_fetch_add((u64 *)(r6 + 0), r1)\n*(u64 *)(r6 + 16) = r1\nr1 = atomic_fetch_xor((u64 *)(r6 + 0), r1)\n*(u64 *)(r6 + 24) = r1\nr1 = atomic_fetch_and((u64 *)(r6 + 8), r1)\n*(u64 *)(r6 + 32) = r1\nr1 = atomic_fetch_or((u64 *)(r6 + 8), r1)\n*(u64 *)(r6 + 40) = r1`,
  ),
  memory(
    'atomics that fetch, 32 bits, clear the upper half',
    `${SEED}\nr1 = -7\nw1 = atomic_fetch_add((u32 *)(r6 + 0), w1)\n*(u64 *)(r6 + 16) = r1\nr1 = -1\nw1 = atomic_fetch_xor((u32 *)(r6 + 4), w1)\n*(u64 *)(r6 + 24) = r1`,
  ),
  memory(
    'exchange of 64 and 32 bits',
    `${SEED}\nr1 = -7\nr1 = xchg_64(r6 + 0, r1)\n*(u64 *)(r6 + 16) = r1\nr1 = -9\nw1 = xchg32_32(r6 + 8, w1)\n*(u64 *)(r6 + 24) = r1`,
  ),
  memory(
    'compare and exchange that succeeds and that fails',
    `${SEED}\nr0 = 0x1122334455667788 ll\nr1 = 5\nr0 = cmpxchg_64(r6 + 0, r0, r1)\n*(u64 *)(r6 + 16) = r0\nr0 = 6\nr0 = cmpxchg_64(r6 + 8, r0, r1)\n*(u64 *)(r6 + 24) = r0`,
  ),
  memory(
    'compare and exchange of 32 bits clears the upper half of r0',
    `${SEED}\nr0 = 0x1111111155667788 ll\nr1 = 5\nw0 = cmpxchg32_32(r6 + 0, w0, w1)\n*(u64 *)(r6 + 16) = r0\nr0 = -1\nw0 = cmpxchg32_32(r6 + 8, w0, w1)\n*(u64 *)(r6 + 24) = r0`,
  ),
  memory(
    'load-acquire and store-release',
    `${SEED}\nr1 = load_acquire((u32 *)(r6 + 8))\n*(u64 *)(r6 + 16) = r1\nr1 = 77\nstore_release((u16 *)(r6 + 24), r1)\nr1 = load_acquire((u64 *)(r6 + 0))\nstore_release((u64 *)(r6 + 32), r1)`,
  ),
  memory(
    'atomics on the stack',
    '*(u64 *)(r10 - 16) = 40\nr1 = 2\nlock *(u64 *)(r10 - 16) += r1\nr1 = *(u64 *)(r10 - 16)\n*(u64 *)(r6 + 0) = r1',
  ),
  memory(
    'a loop that the verifier bounds',
    'r1 = 0\nr2 = 1\nagain: r2 *= 3\nr1 += 1\nif r1 < 20 goto again\n*(u64 *)(r6 + 0) = r2',
  ),
  memory(
    'a loop that may_goto bounds',
    'r1 = 0\nagain: may_goto done\nr1 += 1\nif r1 != 1000 goto again\ndone: *(u64 *)(r6 + 0) = r1',
  ),
  memory(
    'a wide jump',
    'r1 = *(u64 *)(r6 + 0)\nif r1 == 5 goto two\ngotol over\ntwo: *(u64 *)(r6 + 0) = 2\nover: *(u64 *)(r6 + 8) = 3',
  ),

  maps('an update inserts and replaces', collect(update(1, 10), update(2, 20), update(1, 11))),
  maps('BPF_NOEXIST refuses a key that is there', collect(update(1, 10, 1), update(1, 11, 1))),
  maps(
    'BPF_EXIST refuses a key that is not there',
    collect(update(1, 10, 2), update(1, 10), update(1, 12, 2)),
  ),
  maps('flags beyond BPF_EXIST are refused', collect(update(1, 10, 3))),
  maps(
    'a full hash refuses another key but not a known one',
    collect(update(1, 1), update(2, 2), update(3, 3), update(4, 4), update(3, 33)),
  ),
  maps(
    'a delete makes room',
    collect(update(1, 1), update(2, 2), update(3, 3), remove(2), update(4, 4), remove(9)),
  ),
  maps(
    'an array takes only indexes that it has',
    collect(update(1, 10), update(3, 10), update(0, 1, 1), remove(0)),
    { type: 'array', keySize: 4, valueSize: 8, maxEntries: 3 },
  ),
  maps('an LRU hash keeps what fits', collect(update(1, 1), update(2, 2), update(1, 3), remove(2)), LRU),
  maps(
    'a lookup gives the value itself',
    `${update(7, 70)}\n*(u32 *)(r10 - 4) = 7\nr2 = r10\nr2 += -4\nr1 = m0 ll\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr1 = *(u64 *)(r0 + 0)\nr1 += 1\n*(u64 *)(r0 + 0) = r1\nr0 = r1\nout: exit`,
  ),
  maps(
    '16-byte keys',
    `*(u64 *)(r10 - 16) = 1\n*(u64 *)(r10 - 8) = 2\n*(u64 *)(r10 - 24) = 99\nr2 = r10\nr2 += -16\nr3 = r10\nr3 += -24\nr4 = 0\nr1 = m0 ll\ncall bpf_map_update_elem\nr2 = r10\nr2 += -16\nr1 = m0 ll\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr0 = *(u64 *)(r0 + 0)\nout: exit`,
    { ...HASH, keySize: 16 },
  ),
  maps(
    'keys of 6 bytes',
    `*(u64 *)(r10 - 8) = 1\n*(u64 *)(r10 - 24) = 99\nr2 = r10\nr2 += -8\nr3 = r10\nr3 += -24\nr4 = 0\nr1 = m0 ll\ncall bpf_map_update_elem\nr0 = 0\nexit`,
    { ...HASH, keySize: 6 },
  ),

  xdp(
    'a packet read byte by byte',
    packet(
      14,
      'r0 = *(u8 *)(r6 + 0)\nr1 = *(u16 *)(r6 + 12)\nr1 = be16 r1\nr0 += r1\nr2 = *(u32 *)(r6 + 7)\nw0 += w2',
    ),
  ),
  xdp(
    'a packet rewritten',
    packet(
      14,
      'r1 = *(u32 *)(r6 + 0)\nr2 = *(u32 *)(r6 + 6)\n*(u32 *)(r6 + 0) = r2\n*(u32 *)(r6 + 6) = r1\nr0 = 3',
    ),
  ),
  xdp('a packet too short for the check', packet(4000, 'r0 = 2')),
  xdp('the length of a packet', 'r0 = *(u32 *)(r1 + 4)\nr2 = *(u32 *)(r1 + 0)\nr0 -= r2\nexit'),
  xdp('a head that grows', packet(14, 'r1 = r7\nr2 = -20\ncall bpf_xdp_adjust_head')),
  xdp('a head that shrinks', packet(14, 'r1 = r7\nr2 = 20\ncall bpf_xdp_adjust_head')),
  xdp('a head that cannot shrink so far', packet(14, 'r1 = r7\nr2 = 70\ncall bpf_xdp_adjust_head')),
  xdp('a tail that shrinks', packet(14, 'r1 = r7\nr2 = -30\ncall bpf_xdp_adjust_tail')),
  xdp('a tail that grows', packet(14, 'r1 = r7\nr2 = 40\ncall bpf_xdp_adjust_tail')),
  xdp(
    'the same packet again and again',
    packet(14, 'r0 = *(u8 *)(r6 + 13)\nr0 += 3\n*(u8 *)(r6 + 13) = r0'),
    5,
  ),

  [
    'legacy loads from the packet',
    {
      hook: 'socket_filter',
      maps: [ARRAY],
      text: 'r6 = r1\nr0 = *(u32 *)skb[2]\nr7 = r0\nr0 = *(u16 *)skb[20]\nr7 += r0\nr8 = 5\nr0 = *(u8 *)skb[r8 + 3]\nr0 += r7\nexit',
    },
  ],
  [
    'a legacy load beyond the packet ends the program with 0',
    { hook: 'socket_filter', maps: [ARRAY], text: 'r6 = r1\nr0 = *(u32 *)skb[2000]\nr0 = 7\nexit' },
  ],
  [
    'the fields of an skb',
    {
      hook: 'sched_cls',
      maps: [ARRAY],
      text: 'r0 = *(u32 *)(r1 + 0)\nr2 = *(u32 *)(r1 + 4)\nr0 += r2\nr2 = *(u32 *)(r1 + 16)\nr0 += r2\nr2 = *(u32 *)(r1 + 40)\nr0 += r2\nr2 = *(u32 *)(r1 + 8)\nr0 += r2\nexit',
    },
  ],
  [
    'the control block of an skb',
    {
      hook: 'sched_cls',
      maps: [ARRAY],
      text: '*(u32 *)(r1 + 48) = 7\n*(u32 *)(r1 + 64) = 9\nr0 = *(u32 *)(r1 + 48)\nr2 = *(u32 *)(r1 + 64)\nr0 *= r2\nexit',
    },
  ],
  [
    'direct access to an skb',
    {
      hook: 'sched_cls',
      maps: [ARRAY],
      text: 'r6 = *(u32 *)(r1 + 76)\nr2 = *(u32 *)(r1 + 80)\nr3 = r6\nr3 += 20\nif r3 > r2 goto out\nr0 = *(u64 *)(r6 + 9)\n*(u16 *)(r6 + 3) = r0\nexit\nout: r0 = 0\nexit',
    },
  ],
  [
    'a function called with five arguments',
    {
      hook: 'socket_filter',
      maps: [ARRAY],
      text: 'r1 = 1\nr2 = 2\nr3 = 3\nr4 = 4\nr5 = 5\nr6 = 100\ncall add\nr0 += r6\nexit\nadd: r0 = r1\nr0 *= r2\nr0 += r3\nr0 *= r4\nr0 += r5\nr6 = 7\nexit',
    },
  ],
  [
    'functions with stacks of their own',
    {
      hook: 'socket_filter',
      maps: [ARRAY],
      text: '*(u64 *)(r10 - 8) = 5\nr1 = r10\nr1 += -8\ncall twice\nr0 = *(u64 *)(r10 - 8)\nexit\ntwice: *(u64 *)(r10 - 8) = 9\nr2 = *(u64 *)(r1 + 0)\nr2 += r2\n*(u64 *)(r1 + 0) = r2\nr0 = 0\nexit',
    },
  ],
];

describe.skipIf(!available)(
  `one program in the JIT, the interpreter and Linux leaves the same behind ${reason}`,
  () => {
    test.each(ROWS)('%s', async (_name, row) => {
      const twin: TwinCase = { packet: PACKET, ...row };
      const linux = runInLinux(twin);
      expect(await runInEngine(twin, 'jit')).toEqual(linux);
      expect(await runInEngine(twin, 'interpreter')).toEqual(linux);
    });
  },
);
