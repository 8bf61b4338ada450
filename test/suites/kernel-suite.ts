import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, test as everywhere, expect } from 'vitest';
import type { BpfMap, Kernel, Program } from '../../src/kernel/kernel.js';
import { load } from '../../src/kernel/load.js';
import { TypedMap } from '../../src/kernel/typed-map.js';
import { parseObject } from '../../src/object/index.js';
import type { MapSpec } from '../../src/object/spec.js';
import { asmProgram } from '../support/asm-program.js';
import { TRACER } from '../support/example-objects.js';

/** A kernel under test, with nothing of ours in it, and how to end it. */
export interface Subject {
  readonly kernel: Kernel;
  close(): Promise<void>;
}

/** Cases that a kernel cannot pass, by their titles, and why. They are skipped, and counted as that. */
export type Exceptions = Readonly<Record<string, string>>;

const u32 = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
const u64 = (value: number) => new Uint8Array(new BigUint64Array([BigInt(value)]).buffer);
/** On a real kernel there are objects of others: ours have this name. */
const OWN = `t${process.pid}`;
const UNUSED_ID = 0x7fff_fff0;
const NO_KEY = new Uint8Array(0);
const FRAME = new Uint8Array(64);
const HASH: MapSpec = {
  name: OWN,
  type: 'hash',
  keySize: 4,
  valueSize: 8,
  maxEntries: 3,
  flags: 0,
  pinning: 'none',
};
const ARRAY: MapSpec = { ...HASH, type: 'array', maxEntries: 4 };
const PASS = 'r0 = 2\nexit';
const ETH0 = { kind: 'xdp', iface: 'eth0' } as const;

/** Adds one to slot 0 of map 0 and passes the packet. */
const COUNT = `
  *(u32 *)(r10 - 4) = 0
  r2 = r10
  r2 += -4
  r1 = m0 ll
  call bpf_map_lookup_elem
  if r0 == 0 goto done
  r1 = 1
  lock *(u64 *)(r0 + 0) += r1
done:
  r0 = 2
  exit`;

async function ours<T extends BpfMap | Program>(objects: readonly T[]): Promise<T[]> {
  const names = await Promise.all(objects.map(async (object) => (await object.info()).name));
  return objects.filter((_, index) => names[index] === OWN);
}

const xdpProgram = (text: string, maps: readonly BpfMap[]) => ({
  ...asmProgram('xdp', text, maps),
  name: OWN,
});

async function keysOf(map: BpfMap): Promise<string[]> {
  const keys: string[] = [];
  for await (const [key] of map.entries()) keys.push(String(key));
  return keys.sort();
}

/** What every `Kernel` does alike. The same cases run on the engine, on a remote one, and on Linux. */
export function kernelSuite(name: string, make: () => Promise<Subject>, exceptions: Exceptions = {}): void {
  const titles = new Set(Object.keys(exceptions));
  /** `test`, unless this kernel cannot: then a skip that says why. */
  const test = (title: string, body: () => Promise<void>): void => {
    titles.delete(title);
    const reason = exceptions[title];
    if (reason === undefined) everywhere(title, body);
    else everywhere.skip(`${title} (${reason})`, body);
  };
  describe(name, () => {
    let subject: Subject;
    let kernel: Kernel;
    beforeEach(async () => {
      subject = await make();
      kernel = subject.kernel;
    });
    afterEach(() => subject.close());

    test('a map gives back what was written, and undefined for what was not', async () => {
      const map = await kernel.createMap(HASH);
      await map.update(u32(1), u64(10));
      expect(await map.lookup(u32(1))).toEqual(u64(10));
      expect(await map.lookup(u32(2))).toBeUndefined();
      await map.delete(u32(1));
      expect(await map.lookup(u32(1))).toBeUndefined();
    });

    test('a map says what it is', async () => {
      const map = await kernel.createMap(HASH);
      expect(await map.info()).toMatchObject({
        id: map.id,
        name: OWN,
        type: 'hash',
        keySize: 4,
        valueSize: 8,
        maxEntries: 3,
        flags: 0,
        frozen: false,
      });
    });

    everywhere.each([
      ['a key that is there, with BPF_NOEXIST', 1, 1, 'EEXIST'],
      ['a key that is not there, with BPF_EXIST', 9, 2, 'ENOENT'],
      ['one entry more than fits', 9, 0, 'E2BIG'],
      ['flags that do not exist', 1, 3, 'EINVAL'],
    ])('an update of %s is refused', async (_what, key, flags, errno) => {
      const map = await kernel.createMap(HASH);
      for (const one of [1, 2, 3]) await map.update(u32(one), u64(one));
      await expect(map.update(u32(key), u64(0), flags)).rejects.toMatchObject({ errno });
    });

    test('deleting what is not there is refused', async () => {
      await expect((await kernel.createMap(HASH)).delete(u32(1))).rejects.toMatchObject({ errno: 'ENOENT' });
      await expect((await kernel.createMap(ARRAY)).delete(u32(1))).rejects.toMatchObject({ errno: 'EINVAL' });
    });

    test('entries and keys are walked through once each', async () => {
      const map = await kernel.createMap(HASH);
      for (const key of [1, 2, 3]) await map.update(u32(key), u64(key));
      expect(await keysOf(map)).toEqual([u32(1), u32(2), u32(3)].map(String));
      const walked: string[] = [];
      for (let key = await map.nextKey(); key !== undefined; key = await map.nextKey(key))
        walked.push(String(key));
      expect(walked.sort()).toEqual(await keysOf(map));
    });

    test('a hash and a queue give an entry and delete it at once, a frozen queue does not', async () => {
      const hash = await kernel.createMap(HASH);
      await hash.update(u32(1), u64(10));
      expect(await hash.lookupAndDelete(u32(1))).toEqual(u64(10));
      expect(await hash.lookupAndDelete(u32(1))).toBeUndefined();
      const queue = await kernel.createMap({ ...HASH, type: 'queue', keySize: 0 });
      for (const value of [1, 2]) await queue.update(NO_KEY, u64(value));
      expect(await queue.lookup(NO_KEY)).toEqual(u64(1));
      expect(await queue.lookupAndDelete(NO_KEY)).toEqual(u64(1));
      expect(await queue.lookup(NO_KEY)).toEqual(u64(2));
      await expect(queue.nextKey()).rejects.toMatchObject({ errno: 'EINVAL' });
      await queue.freeze();
      await expect(queue.lookupAndDelete(NO_KEY)).rejects.toMatchObject({ errno: 'EPERM' });
    });

    test('a trie finds the longest prefix, and lists longer ones first', async () => {
      const trie = await kernel.createMap({ ...HASH, type: 'lpm_trie', keySize: 8, flags: 1 });
      const prefix = (length: number, ...bytes: number[]) => Uint8Array.of(length, 0, 0, 0, ...bytes);
      await trie.update(prefix(8, 10, 0, 0, 0), u64(8));
      await trie.update(prefix(24, 10, 1, 2, 0), u64(24));
      expect(await trie.lookup(prefix(32, 10, 1, 2, 3))).toEqual(u64(24));
      expect(await trie.lookup(prefix(32, 10, 9, 9, 9))).toEqual(u64(8));
      expect(await trie.lookup(prefix(32, 11, 0, 0, 0))).toBeUndefined();
      expect((await trie.nextKey())?.[0]).toBe(24);
    });

    test('a map of maps holds maps by their ids, and only such as its model', async () => {
      const outer = await kernel.createMap({ ...HASH, type: 'hash_of_maps', valueSize: 4, inner: ARRAY });
      const inside = await kernel.createMap(ARRAY);
      await outer.update(u32(7), u32(inside.id));
      expect(await outer.lookup(u32(7))).toEqual(u32(inside.id));
      const other = await kernel.createMap({ ...ARRAY, maxEntries: 9 });
      await expect(outer.update(u32(8), u32(other.id))).rejects.toMatchObject({ errno: 'EINVAL' });
      await outer.delete(u32(7));
      expect(await outer.lookup(u32(7))).toBeUndefined();
    });

    test('a frozen map can be read but not written', async () => {
      const map = await kernel.createMap(ARRAY);
      await map.freeze();
      await expect(map.update(u32(0), u64(1))).rejects.toMatchObject({ errno: 'EPERM' });
      expect(await map.lookup(u32(0))).toEqual(u64(0));
      expect((await map.info()).frozen).toBe(true);
    });

    everywhere.each([
      ['an array with keys of 8 bytes', { ...ARRAY, keySize: 8 }, 'EINVAL'],
      ['a hash without entries', { ...HASH, maxEntries: 0 }, 'EINVAL'],
      ['a hash with an unknown flag', { ...HASH, flags: 1 << 30 }, 'EINVAL'],
    ])('%s cannot be made', async (_what, spec, errno) => {
      await expect(kernel.createMap(spec)).rejects.toMatchObject({ errno });
      expect(await ours(await kernel.maps())).toEqual([]);
    });

    test('a program runs on a packet and changes its map', async () => {
      const map = await kernel.createMap(ARRAY);
      const program = await kernel.loadProgram(xdpProgram(COUNT, [map]));
      expect(await program.run({ data: FRAME, repeat: 5 })).toMatchObject({ returnValue: 2, data: FRAME });
      expect(await map.lookup(u32(0))).toEqual(u64(5));
      await expect(program.run({ data: new Uint8Array(3) })).rejects.toMatchObject({ errno: 'EINVAL' });
    });

    test('a program says what it is, and which maps it uses', async () => {
      const map = await kernel.createMap(ARRAY);
      const program = await kernel.loadProgram(xdpProgram(COUNT, [map]));
      const info = await program.info();
      expect(info).toMatchObject({
        id: program.id,
        name: OWN,
        type: 'xdp',
        gplCompatible: true,
        mapIds: [map.id],
      });
      expect(info.tag).toMatch(/^[0-9a-f]{16}$/);
      expect((await program.xlated()).insns).toHaveLength(info.bytesXlated / 8);
    });

    test('a program that the verifier refuses is not loaded, and the reason is data', async () => {
      const bad = xdpProgram('r0 = *(u64 *)(r1 + 800)\nexit', []);
      await expect(kernel.loadProgram(bad)).rejects.toMatchObject({
        code: 'PROGRAM_REJECTED',
        rejection: { insn: 0, errno: 'EACCES', message: 'invalid bpf_context access off=800 size=8' },
      });
      expect(await ours(await kernel.programs())).toEqual([]);
    });

    test('one XDP program holds a device, unless told to give way', async () => {
      const program = await kernel.loadProgram(xdpProgram(PASS, []));
      const link = await kernel.attach(program, ETH0);
      expect(await link.info()).toMatchObject({
        id: link.id,
        type: 'xdp',
        programId: program.id,
        ifindex: expect.any(Number),
      });
      await expect(kernel.attach(program, ETH0)).rejects.toMatchObject({ errno: 'EBUSY' });
      const second = await kernel.attach(program, { ...ETH0, replace: true });
      const onDevice = async () => {
        const infos = await Promise.all((await kernel.links()).map((one) => one.info()));
        return infos.flatMap(({ id, target }) =>
          target.kind === 'xdp' && target.iface === 'eth0' ? [id] : [],
        );
      };
      expect(await onDevice()).toEqual([second.id]);
      await second.detach();
      expect(await onDevice()).toEqual([]);
    });

    test('the program of a link is replaced in one step, by one of its type, when it is the expected one', async () => {
      const [first, second] = await Promise.all([1, 2].map(() => kernel.loadProgram(xdpProgram(PASS, []))));
      const link = await kernel.attach(first!, ETH0);
      await link.update(second!);
      expect((await link.info()).programId).toBe(second!.id);
      await expect(link.update(first!, first)).rejects.toMatchObject({ errno: 'EPERM' });
      const other = await kernel.loadProgram({
        ...asmProgram('socket_filter', 'r0 = 0\nexit', []),
        name: OWN,
      });
      await expect(link.update(other)).rejects.toMatchObject({ errno: 'EINVAL' });
      await link.update(first!, second);
      expect((await (await kernel.linkById(link.id)).info()).programId).toBe(first!.id);
      await link.detach();
    });

    test('some bytes of a value are written, and no others', async () => {
      const map = await kernel.createMap({ ...ARRAY, flags: 1024 });
      await map.update(u32(2), Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1));
      await map.patch(u32(2), 2, Uint8Array.of(9, 9));
      expect([...((await map.lookup(u32(2))) ?? [])]).toEqual([8, 7, 9, 9, 4, 3, 2, 1]);
      expect(await map.lookup(u32(1))).toEqual(u64(0));
      await expect(map.patch(u32(2), 7, Uint8Array.of(1, 2))).rejects.toMatchObject({ errno: 'EINVAL' });
      const hash = await kernel.createMap(HASH);
      await expect(hash.patch(u32(2), 0, Uint8Array.of(1))).rejects.toMatchObject({ errno: 'ENOENT' });
      await hash.update(u32(2), u64(1));
      await hash.patch(u32(2), 1, Uint8Array.of(1));
      expect(await hash.lookup(u32(2))).toEqual(u64(257));
      await map.freeze();
      await expect(map.patch(u32(2), 0, Uint8Array.of(1))).rejects.toMatchObject({ errno: 'EPERM' });
    });

    test('a walk says that it was complete', async () => {
      const map = await kernel.createMap(HASH);
      for (const key of [1, 2, 3]) await map.update(u32(key), u64(key));
      const typed = await TypedMap.of(map);
      const { entries, complete } = await typed.all();
      expect([entries.length, complete]).toEqual([3, true]);
    });

    everywhere.each([
      ['a device that is not there', { kind: 'xdp', iface: 'nope' }, 'ENODEV'],
      ['a tracepoint, for an XDP program', { kind: 'tracepoint', name: 'tcp_v4_connect' }, 'EINVAL'],
    ] as const)('attaching to %s is refused', async (_what, target, errno) => {
      const program = await kernel.loadProgram(xdpProgram(PASS, []));
      await expect(kernel.attach(program, target)).rejects.toMatchObject({ errno });
    });

    test('pins are names of one object each, absolute and without tricks', async () => {
      const map = await kernel.createMap(HASH);
      await kernel.pin(map, '/sys/fs/bpf/a');
      expect(await kernel.pins()).toEqual([{ path: '/sys/fs/bpf/a', kind: 'map', id: map.id }]);
      expect((await kernel.pinned('/sys/fs/bpf/a')).id).toBe(map.id);
      await expect(kernel.pin(map, '/sys/fs/bpf//a')).rejects.toMatchObject({ errno: 'EEXIST' });
      await expect(kernel.pin(map, '/sys/fs/bpf/a/b')).rejects.toMatchObject({ errno: 'ENOTDIR' });
      await expect(kernel.pin(map, 'relative')).rejects.toMatchObject({ errno: 'EINVAL' });
      await expect(kernel.pin(map, '/sys/../a')).rejects.toMatchObject({ errno: 'EINVAL' });
      await kernel.unpin('/sys/fs/bpf/a');
      await expect(kernel.pinned('/sys/fs/bpf/a')).rejects.toMatchObject({ errno: 'ENOENT' });
    });

    test('ids are never given twice, and unknown ones are refused', async () => {
      const first = await kernel.createMap(HASH);
      await first.close();
      const second = await kernel.createMap(HASH);
      expect(second.id).toBeGreaterThan(first.id);
      await expect(kernel.mapById(UNUSED_ID)).rejects.toMatchObject({ errno: 'ENOENT' });
      await expect(kernel.programById(UNUSED_ID)).rejects.toMatchObject({ errno: 'ENOENT' });
      await expect(kernel.linkById(UNUSED_ID)).rejects.toMatchObject({ errno: 'ENOENT' });
    });

    test('a program keeps its maps alive', async () => {
      const map = await kernel.createMap(ARRAY);
      const program = await kernel.loadProgram(xdpProgram(COUNT, [map]));
      await map.close();
      expect((await program.info()).mapIds).toEqual([map.id]);
      expect((await kernel.mapById(map.id)).id).toBe(map.id);
    });

    test('an object is loaded with its maps, attached where its section says, and its map is typed', async () => {
      const loaded = await load(parseObject(readFileSync(TRACER)), kernel);
      const link = await loaded.attach('tcp_syn_tracer');
      expect((await link.info()).target).toMatchObject({ kind: 'tracepoint', name: 'tcp_v4_connect' });
      const counts = loaded.map<number, number>('my_syn_counts');
      await counts.set(0x0100000a, 7);
      expect(await counts.get(0x0100000a)).toBe(7);
      for await (const entry of counts) expect(entry).toEqual([0x0100000a, 7]);
    });
    if (titles.size > 0) throw new RangeError(`no cases to make exceptions for: ${[...titles].join(', ')}`);
  });
}
