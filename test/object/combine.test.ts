import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundledClang, compileObject } from '../../src/compiler/node/index.js';
import { Engine } from '../../src/engine/engine.js';
import { load } from '../../src/kernel/load.js';
import { combineObjects } from '../../src/object/combine/index.js';
import { parseObject } from '../../src/object/index.js';
import type { ObjectSpec } from '../../src/object/spec.js';
import { noBpftool } from '../support/bpftool.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-combine-'));
const front = bundledClang();
afterAll(async () => {
  await front.close();
  rmSync(folder, { recursive: true, force: true });
});

const HEADER = '#include <linux/bpf.h>\n#include <bpf/bpf_helpers.h>\n';
const LICENSE = 'char LICENSE[] SEC("license") = "GPL";\n';
const MAP =
  'struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, int); __type(value, struct pair); __uint(max_entries, 8); } pairs SEC(".maps");\n';
const PAIR = 'struct pair { int a; long b; struct other *other; };\n';

/** Uses a map, a variable, a constant and functions of {@link SECOND}; has static things of the same names. */
const FIRST = `${HEADER}${PAIR}${MAP}
extern int counter;
extern const volatile int limit;
int mine = 3;
static int calls = 4;
extern long helper(struct pair *pair, int x);
__weak int overridden(int x) { return x + 1; }
static __noinline int count(int x) { return x * 3 + calls++; }
SEC("xdp") int first(struct xdp_md *ctx)
{
	struct pair pair = { 1, 2 };
	int key = counter;

	bpf_map_update_elem(&pairs, &key, &pair, 0);
	return helper(&pair, limit) + overridden(mine) + count(10);
}
${LICENSE}`;
const SECOND = `${HEADER}struct other { int x; };\n${PAIR}extern ${MAP}
int counter = 7, zero;
struct other whole;
const volatile int limit = 9;
static int calls = 5;
int overridden(int x) { return x + 2; }
static __noinline int count(int x) { return x * 5 + calls++; }
__noinline long helper(struct pair *pair, int x) { return pair ? pair->a + x + count(x) : 0; }
SEC("xdp") int second(struct xdp_md *ctx)
{
	int key = 7;
	struct pair *pair = bpf_map_lookup_elem(&pairs, &key);

	return count(1) + overridden(3) + zero + (pair ? pair->b : 0);
}
${LICENSE}`;

async function compiled(name: string, source: string): Promise<{ name: string; bytes: Uint8Array }> {
  const path = join(folder, name.replace(/\.o$/, '.c'));
  writeFileSync(path, source);
  const bytes = await compileObject(path, { front });
  writeFileSync(join(folder, name), bytes);
  return { name, bytes };
}

let inputs: { name: string; bytes: Uint8Array }[];
beforeAll(async () => {
  inputs = [await compiled('first.o', FIRST), await compiled('second.o', SECOND)];
});

const returnValue = async (spec: ObjectSpec, program: string): Promise<number> => {
  const engine = await Engine.create();
  try {
    const loaded = await load(spec, engine);
    await loaded.program('first').run({ data: new Uint8Array(64) });
    return (await loaded.program(program).run({ data: new Uint8Array(64) })).returnValue;
  } finally {
    await engine.close();
  }
};

describe('linked objects', () => {
  test('call and read what the other defines, and keep apart what is static', async () => {
    const spec = parseObject(combineObjects(inputs));
    expect(spec.programs.map(({ name }) => name)).toEqual(['first', 'second']);
    expect(spec.maps.map(({ name }) => name).sort()).toEqual(['.bss', '.data', '.rodata', 'pairs']);
    // helper: 1 + 9 + (9 * 5 + 5); overridden: 3 + 2; count of the first: 10 * 3 + 4.
    expect(await returnValue(spec, 'second')).toBe(1 * 5 + 6 + (3 + 2) + 0 + 2);
    const engine = await Engine.create();
    const loaded = await load(spec, engine);
    const { returnValue: first } = await loaded.program('first').run({ data: new Uint8Array(64) });
    expect(first).toBe(1 + 9 + (9 * 5 + 5) + (3 + 2) + (10 * 3 + 4));
    await engine.close();
  });

  test('tell each type once', () => {
    const { btf } = parseObject(combineObjects(inputs));
    const named = (name: string) =>
      [...(btf?.types ?? [])].filter((type) => 'name' in type && type.name === name);
    expect(named('pair')).toHaveLength(1);
    expect(named('other')).toMatchObject([{ kind: 'struct' }]);
    expect(named('int')).toHaveLength(1);
    expect(named('counter')).toMatchObject([{ kind: 'var', linkage: 'global' }]);
    expect(named('calls')).toHaveLength(2);
  });

  test.skipIf(noBpftool !== '')(`are those that bpftool links ${noBpftool}`, () => {
    const theirs = join(folder, 'theirs.o');
    const paths = inputs.map(({ name }) => join(folder, name));
    execFileSync('bpftool', ['gen', 'object', theirs, ...paths], { stdio: 'pipe' });
    expect(comparable(parseObject(combineObjects(inputs)))).toEqual(
      comparable(parseObject(new Uint8Array(readFileSync(theirs)))),
    );
  });

  test('of one object are that object', () => {
    const [first] = inputs;
    const { btf: _, ...alone } = parseObject(combineObjects([inputs[1]!]));
    expect(comparable(alone)).toEqual(comparable(parseObject(inputs[1]!.bytes)));
    expect(() => parseObject(combineObjects([first!]))).toThrow(/counter is used at offset \d+, but/);
  });
});

describe('objects that do not go together', () => {
  test.each<[string, string, string]>([
    ['two definitions', SECOND, 'overridden is defined in second.o and in other.o'],
    [
      'two licenses',
      `${HEADER}int alone;\nchar LICENSE[] SEC("license") = "MIT";\n`,
      "license is 'GPL' in first.o and 'MIT' in other.o; an object has one",
    ],
    [
      'two types of one thing',
      `${HEADER}long counter;\n${LICENSE}`,
      'counter has another type in other.o than in first.o',
    ],
    [
      'two shapes of one map',
      `${HEADER}${PAIR}extern ${MAP.replace('max_entries, 8', 'max_entries, 9')}
       SEC("xdp") int third(void *ctx) { int key = 1; return !bpf_map_lookup_elem(&pairs, &key); }\n${LICENSE}`,
      'pairs has another type in first.o than in other.o',
    ],
  ])('are refused: %s', async (_, source, message) => {
    const other = await compiled('other.o', source);
    const among = message.includes('second.o') ? [...inputs, other] : [inputs[0]!, other];
    expect(() => combineObjects(among)).toThrow(message);
  });

  test('are named when they cannot be read', () => {
    expect(() => combineObjects([{ name: 'x.o', bytes: new Uint8Array(3) }])).toThrow(
      'x.o: this is no ELF file: it does not start with 7f 45 4c 46',
    );
  });
});

/** What a kernel would see of an object, without numbers of types. */
function comparable({ programs, maps, license }: Pick<ObjectSpec, 'programs' | 'maps' | 'license'>) {
  return {
    license,
    programs: programs.map(({ name, section, insns, relocations, subprograms, lines }) => ({
      name,
      section,
      insns,
      relocations,
      subprograms: subprograms.map(({ name: of, start, linkage }) => ({ of, start, linkage })),
      lines,
    })),
    maps: maps
      .map(({ btf: _, keyType: __, valueType: ___, ...rest }) => rest)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
