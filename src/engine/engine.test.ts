import { describe, expect, test } from 'vitest';
import { asmProgram } from '../../test/support/asm-program.js';
import type { MapSpec } from '../object/spec.js';
import { Engine } from './engine.js';

const COUNTS: MapSpec = {
  name: 'counts',
  type: 'array',
  keySize: 4,
  valueSize: 8,
  maxEntries: 4,
  flags: 0,
  pinning: 'none',
};
const FRAME = new Uint8Array(64);
const word = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);

/** Adds one to slot 0 of map 0 and passes the packet. */
const COUNT = `
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = m0 ll
  call 1
  if r0 == 0 goto done
  r1 = 1
  lock *(u64 *)(r0 + 0) += r1
done:
  r0 = 2
  exit
`;

describe.each(['jit', 'interpreter'] as const)('the engine with its %s', (engine) => {
  test('comes back from a snapshot with its maps, programs, links and pins', async () => {
    const kernel = await Engine.create({ engine });
    const map = await kernel.createMap(COUNTS);
    const program = await kernel.loadProgram(asmProgram('xdp', COUNT, [map]));
    await program.run({ data: FRAME });
    await kernel.attach(program, { kind: 'xdp', iface: 'eth0' });
    await kernel.pin(map, '/sys/fs/bpf/counts');
    const again = await Engine.restore(structuredClone(kernel.snapshot()), { engine });
    expect(await again.pins()).toEqual([{ path: '/sys/fs/bpf/counts', kind: 'map', id: map.id }]);
    const [link] = await again.links();
    expect(await link?.info()).toMatchObject({ type: 'xdp', programId: program.id });
    const restored = await again.programById(program.id);
    expect((await restored.info()).tag).toBe((await program.info()).tag);
    await restored.run({ data: FRAME });
    expect(await (await again.mapById(map.id)).lookup(word(0))).toEqual(
      Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0),
    );
  });
});

test('what only handles hold does not outlive the process', async () => {
  const kernel = await Engine.create();
  const map = await kernel.createMap(COUNTS);
  await kernel.loadProgram(asmProgram('xdp', COUNT, [map]));
  expect(kernel.snapshot()).toMatchObject({ maps: [], programs: [], nextMapId: 2, nextProgramId: 2 });
});

test('records that a program sends through a perf event array come out whole, and losses are counted', async () => {
  const kernel = await Engine.create();
  const events = await kernel.createMap({
    ...COUNTS,
    name: 'events',
    type: 'perf_event_array',
    valueSize: 4,
    maxEntries: 1,
  });
  const send = `
    *(u64 *)(r10 - 8) = 0x11223344
    r3 = 0xffffffff ll
    r4 = r10
    r4 += -8
    r5 = 8
    r2 = m0 ll
    call bpf_perf_event_output
    exit`;
  const program = await kernel.loadProgram(asmProgram('xdp', send, [events]));
  using reader = kernel.perfBuffer(events, { bytesPerCpu: 4096 });
  await program.run({ data: FRAME, repeat: 1000 });
  const records = [...reader.read()];
  expect(records[0]).toEqual({ cpu: 0, data: Uint8Array.of(0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0) });
  expect(BigInt(records.length)).toBe(reader.written);
  expect(reader.written + reader.lost).toBe(1000n);
  expect(reader.lost).toBeGreaterThan(0n);
});
