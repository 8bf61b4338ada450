import { expect, test } from 'vitest';
import { asmProgram } from '../../../test/support/asm-program.js';
import { helperId } from '../../helpers/registry.js';
import { Engine } from '../engine.js';
import type { HelperOverride } from './overrides.js';

const PACKET = new Uint8Array(64);
const COUNTER = {
  name: 'c',
  type: 'array',
  keySize: 4,
  valueSize: 8,
  maxEntries: 1,
  flags: 0,
  pinning: 'none',
} as const;

const overriding = (name: string, override: HelperOverride) => new Map([[helperId(name)!, override]]);

test.each(['jit', 'interpreter'] as const)(
  'the %s calls an override in place of a helper',
  async (engine) => {
    const helperOverrides = overriding('bpf_get_prandom_u32', () => () => 7n);
    const kernel = await Engine.create({ engine, helperOverrides });
    const program = await kernel.loadProgram(asmProgram('xdp', 'call bpf_get_prandom_u32\nexit', []));
    expect((await program.run({ data: PACKET })).returnValue).toBe(7);
  },
);

const LOOKUP = `
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = m0 ll
  call bpf_map_lookup_elem
  if r0 == 0 goto out
  r0 = *(u64 *)(r0 + 0)
  r0 += 1
  out:
  exit`;

test.each(['jit', 'interpreter'] as const)(
  'the %s calls the override of a lookup too, which may ask the helper itself',
  async (engine) => {
    const keys: bigint[] = [];
    const helperOverrides = overriding('bpf_map_lookup_elem', (_, original) => (map, key, ...rest) => {
      keys.push(BigInt(kernel.memory.u32(Number(key))));
      return original!(map!, key!, ...rest);
    });
    const kernel: Engine = await Engine.create({ engine, helperOverrides });
    const map = await kernel.createMap(COUNTER);
    await map.update(new Uint8Array(4), Uint8Array.of(41, 0, 0, 0, 0, 0, 0, 0));
    const program = await kernel.loadProgram(asmProgram('xdp', LOOKUP, [map]));
    expect((await program.run({ data: PACKET })).returnValue).toBe(42);
    expect(keys).toEqual([0n]);
  },
);

test('a helper that the engine has not is there when it is overridden, and has no original', async () => {
  const call = 'r2 = 0\nr3 = r10\nr3 += -24\nr4 = 24\nr5 = 0\ncall bpf_skb_get_xfrm_state\nexit';
  const none = await Engine.create();
  await expect(none.loadProgram(asmProgram('sched_cls', call, []))).rejects.toThrow(
    'the engine has no bpf_skb_get_xfrm_state yet',
  );
  const helperOverrides = overriding('bpf_skb_get_xfrm_state', (type, original) => {
    expect([type, original]).toEqual(['sched_cls', undefined]);
    return () => 3n;
  });
  const kernel = await Engine.create({ helperOverrides });
  const program = await kernel.loadProgram(asmProgram('sched_cls', call, []));
  expect((await program.run({ data: PACKET })).returnValue).toBe(3);
});

test('with a pinned clock the international atomic time is pinned too', async () => {
  const kernel = await Engine.create();
  kernel.memory.pinClock(5n);
  const program = await kernel.loadProgram(asmProgram('xdp', 'call bpf_ktime_get_tai_ns\nexit', []));
  expect((await program.run({ data: PACKET })).returnValue).toBe(Number(37_000_000_005n & 0xffffffffn));
});
