import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TRACER } from '../../test/support/example-objects.js';
import { Engine } from '../engine/engine.js';
import { parseObject } from '../object/index.js';
import { load } from './load.js';

const object = (name: string) => parseObject(readFileSync(`test/cases/objects/${name}.o`));
const PIN = '/sys/fs/bpf/my_syn_counts';
const counts = {
  name: 'my_syn_counts',
  type: 'hash',
  keySize: 4,
  valueSize: 4,
  maxEntries: 1024,
  flags: 0,
  pinning: 'none',
} as const;
const tracer = () => parseObject(readFileSync(TRACER));

describe('loading an object into the engine', () => {
  test('makes its maps and programs under their names in C', async () => {
    const loaded = await load(tracer(), await Engine.create());
    expect([...loaded.maps.keys()]).toEqual(['my_syn_counts']);
    expect([...loaded.programs.keys()]).toEqual(['tcp_syn_tracer']);
    expect(() => loaded.map('nope')).toThrow('the object has no map nope');
    expect(() => loaded.program('nope')).toThrow('the object has no program nope');
  });

  test('fills global data and freezes what is constant', async () => {
    const loaded = await load(object('data'), await Engine.create());
    const info = await loaded.map('.rodata').raw.info();
    expect(info).toMatchObject({ type: 'array', frozen: true });
    expect(await loaded.map('.data').raw.info()).toMatchObject({ frozen: false });
  });

  test('pins a map that asks for it, and finds it there the next time', async () => {
    const kernel = await Engine.create();
    const first = await load(tracer(), kernel);
    expect(await kernel.pins()).toMatchObject([{ path: PIN, kind: 'map' }]);
    const second = await load(tracer(), kernel);
    expect(second.map('my_syn_counts').raw.id).toBe(first.map('my_syn_counts').raw.id);
  });

  test('refuses a pinned map of another shape, names the difference, and leaves everything as it was', async () => {
    const kernel = await Engine.create();
    const other = await kernel.createMap({ ...counts, valueSize: 8 });
    await kernel.pin(other, PIN);
    await expect(load(tracer(), kernel)).rejects.toThrow(
      `the map pinned at ${PIN} (id 1) has value_size 8 instead of 4`,
    );
    expect(await kernel.maps()).toHaveLength(1);
    expect(await kernel.programs()).toEqual([]);
  });

  test('a program that is refused takes its new maps and pins with it', async () => {
    const kernel = await Engine.create();
    const spec = tracer();
    const [program] = spec.programs;
    const broken = { ...spec, programs: [{ ...program!, insns: program!.insns.slice(0, -1) }] };
    await expect(load(broken, kernel)).rejects.toMatchObject({ code: 'PROGRAM_REJECTED' });
    expect(await kernel.pins()).toEqual([]);
    expect(await kernel.maps()).toEqual([]);
  });

  test('uses maps that the caller gives, if they fit', async () => {
    const kernel = await Engine.create();
    const mine = await kernel.createMap(counts);
    const loaded = await load(tracer(), kernel, { maps: { my_syn_counts: mine } });
    expect(loaded.map('my_syn_counts').raw.id).toBe(mine.id);
    const tooSmall = await kernel.createMap({ ...counts, maxEntries: 16 });
    await expect(load(tracer(), kernel, { maps: { my_syn_counts: tooSmall } })).rejects.toMatchObject({
      errno: 'EINVAL',
    });
  });

  test('a big-endian object is refused', async () => {
    await expect(load(object('big_endian'), await Engine.create())).rejects.toMatchObject({
      code: 'WRONG_ENDIAN',
    });
  });
});
