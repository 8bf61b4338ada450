import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enterPrivateNamespaces } from '../../../test/support/linux-namespaces.js';
import { compileObject } from '../../compiler/node/index.js';
import { type LoadedObject, load } from '../../kernel/load.js';
import { parseObject } from '../../object/index.js';
import type { ObjectSpec } from '../../object/spec.js';
import { bpfAvailability } from '../bpf.js';
import { LinuxKernel, type LinuxLink, readIterator } from '../index.js';
import { symbolAddress } from '../probe/kallsyms.js';

const { available, reason } = bpfAvailability();
if (available) enterPrivateNamespaces();
const SLOT = new Uint8Array(4);

describe.skipIf(!available)(`an object on Linux ${reason}`, () => {
  let kernel: LinuxKernel;
  let spec: ObjectSpec;
  let loaded: LoadedObject;
  let answers: Readonly<Record<string, bigint>>;
  beforeAll(async () => {
    kernel = LinuxKernel.open();
    spec = parseObject(await compileObject('test/cases/linux/symbols.bpf.c'));
    const factor = new Uint8Array(new Int32Array([6]).buffer);
    const maps = spec.maps.map((map) => {
      if (map.section !== '.rodata' || map.contents === undefined) return map;
      const contents = map.contents.slice();
      contents.set(factor, contents.indexOf(1));
      return { ...map, contents };
    });
    loaded = await load({ ...spec, maps }, kernel);
    await loaded.program('ask').run({ ctx: new Uint8Array(8) });
    answers = (await loaded.map<Uint8Array, Record<string, bigint>>('.bss').get(SLOT)) ?? {};
    const data = (await loaded.map<Uint8Array, Record<string, bigint>>('.data').get(SLOT)) ?? {};
    answers = { ...answers, ...data };
  });
  afterAll(() => kernel.close());

  test('reads the kernel’s configuration and version', () => {
    const [major = 0, minor = 0] = release().split('.').map(Number);
    expect(Number(answers['version']) >> 8).toBe((major << 8) | minor);
    expect(answers).toMatchObject({
      hz: BigInt(kernel.environment.config.get('CONFIG_HZ') ?? 0),
      missing: 0n,
    });
  });

  test('finds symbols, and leaves out weak ones that there are not', () => {
    expect(answers).toMatchObject({ address: symbolAddress('tcp_v4_connect'), absent: 0n });
  });

  test('calls kernel functions, and reads the fields of types where this kernel has them', () => {
    expect(answers).toMatchObject({ pid: BigInt(process.pid) });
  });

  test('has constants that are set before it is loaded, and frozen then', async () => {
    expect(answers).toMatchObject({ product: 42n });
    expect((await loaded.map('.rodata').raw.info()).frozen).toBe(true);
  });

  test('finds the maps that it pinned by name the next time', async () => {
    const again = await load(spec, kernel, { programs: ['ask'] });
    await again.program('ask').run({ ctx: new Uint8Array(8) });
    expect(again.map('skep_pinned').raw.id).toBe(loaded.map('skep_pinned').raw.id);
    expect(await again.map('skep_pinned').get(0)).toBe(2n);
  });

  test('is refused where a pinned map has another shape, and the difference is named', async () => {
    const maps = spec.maps.map((map) => (map.name === 'skep_pinned' ? { ...map, maxEntries: 2 } : map));
    await expect(load({ ...spec, maps }, kernel)).rejects.toThrow(
      /^the map pinned at \/sys\/fs\/bpf\/skep_pinned \(id \d+\) has max_entries 1 instead of 2$/,
    );
  });

  test('iterates over the kernel’s objects', async () => {
    const link = await loaded.attach('list');
    const text = Buffer.concat([...readIterator(link as LinuxLink)]).toString();
    expect(text.split('\n')).toContain(String(process.pid));
    await link.detach();
  });

  test('has its source lines and functions in what the kernel tells of it', async () => {
    const { lines, subprograms, btf } = await loaded.program('ask').xlated();
    const source = readFileSync('test/cases/linux/symbols.bpf.c', 'utf8');
    expect(lines.length).toBeGreaterThan(10);
    for (const { text } of lines) expect(source).toContain(text.trim());
    expect(subprograms.map(({ name }) => name)).toEqual(['ask']);
    expect(btf).toBeDefined();
  });

  test('that needs a symbol which this kernel lacks is refused by its name', async () => {
    const programs = spec.programs.map((program) => ({
      ...program,
      relocations: program.relocations.map((one) =>
        one.kind === 'ksym' && one.symbol === 'tcp_v4_connect' ? { ...one, symbol: 'tcp_v4_connects' } : one,
      ),
    }));
    await expect(load({ ...spec, programs }, kernel)).rejects.toMatchObject({
      code: 'OBJECT_UNRESOLVED',
      message: 'program ask uses tcp_v4_connects, which this kernel does not have',
    });
  });
});
