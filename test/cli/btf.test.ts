import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readBtf, writeBtf } from '../../src/btf/index.js';
import { readBtfFile } from '../../src/cli/btf-source.js';
import { rawJson, rawText } from '../../src/cli/format/btf-raw.js';
import { formatJson } from '../../src/cli/format/json.js';
import { bpftool, noBpftool } from '../support/bpftool.js';
import { Cli, ensureBuilt } from '../support/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-btf-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OBJECTS = ['types', 'types_big_endian', 'core', 'data', 'map_kinds', 'struct_ops', 'kernel_symbols'];
const objectPath = (name: string): string => `test/cases/objects/${name}.o`;

/** A struct and a typedef of it after the types of `base`: what a module's BTF looks like. */
function splitBtf(base: Uint8Array): Uint8Array {
  const first = readBtf(base).types.length;
  const own = writeBtf({
    types: [
      { kind: 'void' },
      {
        kind: 'struct',
        name: 'late',
        size: 8,
        members: [{ name: 'x', type: 1, bitOffset: 0, bitfieldSize: 0 }],
      },
      { kind: 'typedef', name: 'late_t', type: first },
    ],
  });
  const view = new DataView(own.buffer);
  const baseStrings = new DataView(base.buffer, base.byteOffset).getUint32(20, true);
  // Names: of the struct, its member, the typedef.
  for (const at of [24, 36, 48]) view.setUint32(at, view.getUint32(at, true) + baseStrings, true);
  return own;
}

describe(`btf dump ${noBpftool}`, () => {
  test.skipIf(noBpftool !== '').each(OBJECTS)('prints the records of %s as bpftool does', async (name) => {
    const btf = await readBtfFile(objectPath(name));
    const ids = [...btf.types.entries()].slice(1).map(([id]) => id);
    expect(ids.map((id) => rawText(btf, id)).join('')).toBe(bpftool('btf', 'dump', 'file', objectPath(name)));
    const json = formatJson({ types: ids.map((id) => rawJson(btf, id)) }, true);
    expect(`${json}\n`).toBe(bpftool('-p', 'btf', 'dump', 'file', objectPath(name)));
  });
});

describe('split BTF', () => {
  const base = new Uint8Array(writeBtf({ types: [{ kind: 'void' }, int('int', 4), int('long', 8)] }));
  const files = [join(folder, 'base.btf'), join(folder, 'split.btf')] as const;
  beforeAll(() => {
    writeFileSync(files[0], base);
    writeFileSync(files[1], splitBtf(base));
  });

  test('goes on from the types and strings of its base', () => {
    const btf = readBtf(new Uint8Array(readFileSync(files[1])), '.BTF', readBtf(base));
    expect([...btf.types].slice(3)).toMatchObject([
      { kind: 'struct', name: 'late', members: [{ name: 'x', type: 1 }] },
      { kind: 'typedef', name: 'late_t', type: 3 },
    ]);
  });

  test('is refused without its base', () => {
    expect(() => readBtf(new Uint8Array(readFileSync(files[1])))).toThrow(
      /^\.BTF: type \d has a name at \d+, outside the strings$/,
    );
  });

  test('cannot go on from types that no bytes hold', () => {
    const made = { types: [{ kind: 'void' as const }] };
    expect(() => readBtf(new Uint8Array(readFileSync(files[1])), '.BTF', made)).toThrow(
      '.BTF: the base of split BTF has to be read from bytes, not made',
    );
  });

  test.skipIf(noBpftool !== '')(`is printed without its base ${noBpftool}`, async () => {
    const btf = await readBtfFile(files[1], await readBtfFile(files[0]));
    const text = [3, 4].map((id) => rawText(btf, id)).join('');
    expect(text).toBe(bpftool('-B', files[0], 'btf', 'dump', 'file', files[1]));
  });
});

describe('the command', () => {
  let cli: Cli;
  beforeAll(async () => {
    await ensureBuilt();
    cli = new Cli();
  }, 180_000);
  afterAll(() => cli.dispose());

  test('writes C, of all types or of some', async () => {
    const all = await cli.ok('btf', 'dump', 'file', objectPath('types'), 'format', 'c');
    expect(all).toMatch(/^#ifndef __VMLINUX_H__\n/);
    const some = await cli.ok('b', 'd', 'f', objectPath('syn_count'), 'format', 'c', 'root_id', '1');
    expect(some.length).toBeLessThan(all.length);
  });

  test('prints types of what is loaded', async () => {
    await cli.ok('prog', 'load', objectPath('syn_count'), '/sys/fs/bpf/p');
    const [map] = (await cli.json('map', 'show')) as { id: number; btf_id: number }[];
    const [btf] = (await cli.json('btf', 'show')) as { id: number; size: number; map_ids: number[] }[];
    expect(btf).toMatchObject({ id: map!.btf_id, map_ids: [map!.id], prog_ids: [1], kernel: false });
    expect(await cli.ok('btf', 'list')).toBe(
      `${btf!.id}: name <anon>  size ${btf!.size}B  prog_ids 1  map_ids ${map!.id}\n`,
    );
    const whole = await cli.ok('btf', 'dump', 'file', objectPath('syn_count'));
    // Loading gives sections and variables their sizes; the rest is as the file has it.
    const records = (text: string) =>
      text.split('\n').filter((line) => !/DATASEC|\toffset|type_id=\d+ offset/.test(line));
    expect(records(await cli.ok('btf', 'dump', 'id', String(btf!.id)))).toEqual(records(whole));
    expect(records(await cli.ok('btf', 'dump', 'prog', 'id', '1'))).toEqual(records(whole));
    const value = await cli.ok('btf', 'dump', 'map', 'id', String(map!.id), 'value');
    expect(whole).toContain(value);
    expect(value.split('\n[')).toHaveLength(1);
  });

  test.each<[string[], number, string]>([
    [['file', 'none'], 1, 'Error: failed to open none: No such file or directory\n'],
    [['file', 'package.json'], 1, 'Error: package.json: this is no BTF: it does not start with eb9f\n'],
    [
      ['id', '77'],
      1,
      'Error: get btf by id (77): No such file or directory\nHint: there is no BTF with id 77. list them with `skep btf show`.\n',
    ],
    [
      ['file', objectPath('legacy')],
      1,
      'Error: failed to load BTF from test/cases/objects/legacy.o: No data available\nHint: The file has no .BTF section: compile with -g.\n',
    ],
    [
      ['file', objectPath('types'), 'format', 'cc'],
      2,
      "Error: unrecognized format specifier: 'cc'\nHint: Did you mean c? Usage: skep btf dump BTF [format { raw | c [unsorted] }] [root_id N] [--base-btf FILE]\n",
    ],
    [
      ['file', objectPath('types'), 'root_id', '9999'],
      1,
      'Error: invalid root_id 9999\nHint: Ids of types are 1 to ',
    ],
  ])('refuses btf dump %j', async (args, status, text) => {
    const outcome = await cli.run('btf', 'dump', ...args);
    expect(outcome).toMatchObject({ status, stdout: '' });
    expect(outcome.stderr.slice(0, text.length)).toBe(text);
  });
});

function int(name: string, size: number) {
  return {
    kind: 'int' as const,
    name,
    size,
    bits: size * 8,
    bitOffset: 0,
    signed: true,
    char: false,
    bool: false,
  };
}
