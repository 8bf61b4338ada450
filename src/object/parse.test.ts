import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readValue } from '../btf/index.js';
import { SkepError } from '../errors/base.js';
import { kconfigContents, type MapSpec, type ObjectSpec, parseObject, relocate } from './index.js';

const read = (name: string) =>
  parseObject(new Uint8Array(readFileSync(`test/cases/objects/${name}.o`)), { name });

/** One line for each map. */
const shape = (map: MapSpec): string =>
  [
    map.name,
    map.type,
    map.keySize,
    map.valueSize,
    map.maxEntries,
    `0x${map.flags.toString(16)}`,
    ...(map.pinning === 'none' ? [] : ['pinned']),
    ...(map.numaNode === undefined ? [] : [`numa ${map.numaNode}`]),
    ...(map.mapExtra === undefined ? [] : [`extra ${map.mapExtra}`]),
    ...(map.inner === undefined ? [] : [`(${shape(map.inner)})`]),
    ...(map.initial ?? []).map(({ key, ref }) => `${key}=${ref}`),
  ].join(' ');

const program = (spec: ObjectSpec, name: string) => {
  const found = spec.programs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no program ${name}`);
  return found;
};

describe('parseObject', () => {
  it('reads an ordinary libbpf-style object', () => {
    const spec = read('syn_count');
    expect(spec).toMatchObject({ littleEndian: true, license: 'GPL', kernelVersion: 0 });
    expect(spec.maps.map(shape)).toEqual(['my_syn_counts hash 4 4 1024 0x0 pinned']);
    expect(spec.maps[0]).toMatchObject({ keyType: 8, valueType: 8 });
    expect(spec.programs).toHaveLength(1);
    expect(spec.programs[0]).toMatchObject({ name: 'count_syn', section: 'xdp', type: 'xdp' });
    expect(spec.programs[0]?.lines.every(({ file, line }) => file.endsWith('syn_count.c') && line > 0)).toBe(
      true,
    );
  });

  it('leaves references to maps to relocate, which writes their index', () => {
    const count = program(read('syn_count'), 'count_syn');
    expect(count.relocations.map(({ kind }) => kind)).toEqual(['map', 'map']);
    const insns = relocate(count, { mapIndex: () => 7 });
    for (const { insn } of count.relocations) expect(insns[insn]).toMatchObject({ src: 5, imm: 7 });
  });

  it('reads a big-endian object as the little-endian one', () => {
    const [big, little] = [read('big_endian'), read('syn_count')];
    expect(big.littleEndian).toBe(false);
    expect(big.maps.filter(({ section }) => section === undefined).map(shape)).toEqual(
      little.maps.map(shape),
    );
    const opcodes = (spec: ObjectSpec) => program(spec, 'count_syn').insns.map(({ opcode }) => opcode);
    expect(opcodes(big).length).toBe(opcodes(little).length);
  });

  it('reads every field of BTF-defined maps, inner maps and initial values', () => {
    expect(read('map_kinds').maps.map(shape).sort()).toEqual([
      'bloom bloom_filter 0 4 100 0x0 extra 3',
      'events ringbuf 0 0 4096 0x0',
      'inner_one array 4 8 4 0x0',
      'inner_two array 4 8 4 0x0',
      'jumps prog_array 4 4 2 0x0 1=target',
      'on_node lru_hash 16 24 100 0x4 numa 0',
      'outer array_of_maps 4 4 3 0x0 (outer.inner array 4 8 4 0x0) 0=inner_one 2=inner_two',
      'outer_hash hash_of_maps 8 4 8 0x0 (outer_hash.inner hash 4 4 16 0x0)',
    ]);
    expect(read('map_extra').maps.map(shape)).toEqual(['bloom_long bloom_filter 0 4 10 0x0 extra 5']);
  });

  it.each(['legacy', 'legacy_debug', 'legacy_dwarf'])('reads the maps section of %s', (name) => {
    const spec = read(name);
    expect(spec.maps.map(shape)).toEqual([
      'counts hash 4 8 1024 0x0',
      'pool array_of_maps 4 4 5 0x0 (pool.inner hash 4 8 1024 0x0)',
      'local array 4 4 1 0x4 numa 0',
    ]);
    expect(spec).toMatchObject({ license: 'GPL', kernelVersion: 0x060100 });
    expect(program(spec, 'count')).toMatchObject({ type: 'socket_filter', section: 'socket1' });
  });

  it('reads one map to a section', () => {
    const spec = read('legacy_sections');
    expect(spec.maps.map(shape)).toEqual(['one hash 4 4 16 0x0', 'two array 4 8 2 0x0']);
    expect(spec.programs.map(({ type, attachTo }) => [type, attachTo])).toEqual([
      ['kprobe', 'tcp_v4_connect'],
      ['xdp', undefined],
    ]);
  });

  it("reads iproute2's maps, inner maps by id and tail calls by section", () => {
    const spec = read('iproute2');
    expect(spec.maps.map(shape)).toEqual([
      'shared hash 4 16 64 0x0 pinned',
      'jumps prog_array 4 4 4 0x0 2=tail',
      'inside array 4 4 1 0x0',
      'outside array_of_maps 4 4 2 0x0 (outside.inner array 4 4 1 0x0)',
    ]);
    expect(spec.programs.map(({ type }) => type)).toEqual(['sched_cls', 'sched_cls']);
  });

  it('makes maps of global data, named as libbpf names them', () => {
    const spec = read('data');
    expect(spec.maps.map(shape).sort()).toEqual([
      '.data.custom array 4 4 1 0x400',
      '.rodata.text array 4 6 1 0x480',
      'data.bss array 4 8 1 0x400',
      'data.data array 4 12 1 0x400',
      'data.kconfig array 4 17 1 0x480',
      'data.rodata array 4 40 1 0x480',
    ]);
    const rodata = spec.maps.find(({ section }) => section === '.rodata');
    if (rodata?.btf === undefined || rodata.valueType === undefined || rodata.contents === undefined)
      throw new Error('no .rodata with types');
    expect(readValue(rodata.btf, rodata.valueType, rodata.contents)).toEqual({
      limit: 42,
      pairs: [
        { a: 1, b: 2n },
        { a: 3, b: 4n },
      ],
    });
  });

  it('fills configuration values in as libbpf does', () => {
    const map = read('data').maps.find(({ section }) => section === '.kconfig');
    if (map?.btf === undefined || map.valueType === undefined) throw new Error('no .kconfig with types');
    const facts = { kernelVersion: 0x061200, hasSyscallWrapper: true, hasBpfCookie: true };
    const config = new Map([
      ['CONFIG_HZ', '1000'],
      ['CONFIG_LOCALVERSION', '"-a-long-one"'],
    ]);
    expect(readValue(map.btf, map.valueType, kconfigContents(map, config, facts))).toEqual({
      LINUX_KERNEL_VERSION: 0x061200,
      CONFIG_HZ: 1000,
      CONFIG_NO_SUCH_THING: false,
      CONFIG_LOCALVERSION: '-a-long',
    });
    expect(() => kconfigContents(map, new Map(), facts)).toThrow(
      'CONFIG_HZ is not in the kernel configuration',
    );
  });

  it('appends the functions that a program reaches, once each, where they are first met', () => {
    const spec = read('subprograms');
    const names = (name: string) => program(spec, name).subprograms.map((sub) => sub.name);
    expect(names('first')).toEqual(['first', 'each', 'leaf', 'step', 'visible', 'middle', 'maybe']);
    expect(names('second')).toEqual(['second', 'middle', 'leaf']);
    const first = program(spec, 'first');
    for (const { start, funcType } of first.subprograms) {
      expect(first.insns[start]).toBeDefined();
      expect(spec.btf?.types.at(funcType)?.kind).toBe('func');
    }
  });

  it('appends the function that makes the result of what a program throws, which nobody calls', () => {
    const names = program(read('arena'), 'thrown').subprograms.map((sub) => sub.name);
    expect(names).toEqual(['thrown', 'answer']);
  });

  it('takes variables of an address space of their own as the start of the arena', () => {
    const spec = read('arena');
    const [arena] = spec.maps;
    expect(arena).toMatchObject({ name: 'pages', type: 'arena', maxEntries: 16 });
    expect([...new Uint32Array(arena?.variables?.slice().buffer ?? new ArrayBuffer(0))].sort()).toEqual([
      0, 7,
    ]);
    const places = program(spec, 'count').relocations.filter(({ kind }) => kind === 'map_value');
    expect(places.map((place) => ('offset' in place ? place.offset : -1)).sort()).toEqual([0, 4]);
  });

  it('takes static functions beside programs as subprograms, and ? as not loaded unasked', () => {
    const spec = read('same_section');
    expect(spec.programs.map(({ name, autoload }) => [name, autoload])).toEqual([
      ['outer', undefined],
      ['optional', false],
    ]);
    expect(program(spec, 'outer').subprograms.map(({ name }) => name)).toEqual(['outer', 'beside']);
  });

  it('takes the functions of .text as programs when there are no others', () => {
    const spec = read('text_only');
    expect(spec.programs.map(({ name, type }) => [name, type])).toEqual([['entry', undefined]]);
    expect(spec.programs[0]?.subprograms.map(({ name }) => name)).toEqual(['entry', 'twice']);
  });

  it('reads structs of functions as maps, and of which member each program is', () => {
    const spec = read('struct_ops');
    const map = spec.maps.find(({ name }) => name === 'mine');
    expect(map).toMatchObject({
      type: 'struct_ops',
      valueSize: 24,
      flags: 0,
      structOps: {
        struct: 'tcp_congestion_ops',
        functions: [{ member: 'ssthresh', program: 'ssthresh' }],
      },
    });
    const { contents = new Uint8Array() } = map?.structOps ?? {};
    expect(String.fromCharCode(...contents.subarray(8))).toBe('mine'.padEnd(16, '\0'));
    expect(program(spec, 'ssthresh').structOps).toEqual({ struct: 'tcp_congestion_ops', member: 'ssthresh' });
  });

  it("does not pin a map whose pinning is a loader's own, and says so", () => {
    const spec = read('own_pinning');
    expect(spec.maps.map(shape)).toEqual(['replaced array 4 8 1 0x0']);
    expect(spec.notes).toEqual([
      'map replaced is not pinned: its pinning 16 is neither 0 nor 1 (LIBBPF_PIN_BY_NAME)',
    ]);
  });

  it('keeps kernel symbols and functions as references; absent weak ones become 0 or a call that must not be reached', () => {
    const use = program(read('kernel_symbols'), 'use');
    const insns = relocate(use, {
      mapIndex: () => 0,
      kfunc: (name) => (name.startsWith('bpf_') ? 99 : undefined),
    });
    const at = (symbol: string, kind: string) => {
      const found = use.relocations.find(
        (one) => one.kind === kind && 'symbol' in one && one.symbol === symbol,
      );
      return insns[found?.insn ?? -1];
    };
    expect(at('bpf_rcu_read_lock', 'kfunc')).toMatchObject({ opcode: 0x85, src: 2, imm: 99 });
    expect(at('no_such_function', 'kfunc')).toMatchObject({ opcode: 0x85, src: 0, imm: 2002000000 });
    expect(at('no_such_symbol', 'ksym')).toMatchObject({ opcode: 0x18, src: 0, imm: 0 });
    expect(() => relocate(use, { mapIndex: () => 0 })).toThrow(
      'program use uses bpf_rcu_read_lock, which this kernel does not have',
    );
  });
});

function refusal(bytes: Uint8Array): { code: string; message: string; facts: object } {
  try {
    parseObject(bytes);
  } catch (error) {
    if (error instanceof SkepError) return { code: error.code, message: error.message, facts: error.facts };
    throw error;
  }
  throw new Error('it was accepted');
}

describe('what parseObject refuses', () => {
  const whole = new Uint8Array(readFileSync('test/cases/objects/syn_count.o'));
  const changed = (change: (view: DataView) => void) => {
    const bytes = whole.slice();
    change(new DataView(bytes.buffer));
    return bytes;
  };

  it.each([
    [
      'text',
      new TextEncoder().encode('int main(void) {}'),
      'ELF_NOT_ELF',
      'this is no ELF file: it does not start with 7f 45 4c 46',
    ],
    ['nothing', new Uint8Array(0), 'ELF_NOT_ELF', 'this is no ELF file: it does not start with 7f 45 4c 46'],
    ['a header alone', whole.slice(0, 40), 'ELF_TRUNCATED', 'the ELF header takes 64 bytes, the file has 40'],
    [
      'a native object',
      changed((view) => view.setUint16(18, 62, true)),
      'ELF_UNSUPPORTED',
      'the file holds code for machine 62, not BPF (247)',
    ],
    [
      'a 32-bit object',
      changed((view) => view.setUint8(4, 1)),
      'ELF_UNSUPPORTED',
      'the file is no 64-bit ELF file',
    ],
    [
      'an executable',
      changed((view) => view.setUint16(16, 2, true)),
      'ELF_UNSUPPORTED',
      'the file is no relocatable object (its type is 2)',
    ],
  ])('%s', (_, bytes, code, message) => {
    expect(refusal(bytes)).toMatchObject({ code, message });
  });

  it('a cut file, naming the section headers', () => {
    const { code, facts } = refusal(whole.slice(0, whole.length - 100));
    expect([code, facts]).toMatchObject(['ELF_TRUNCATED', { section: 'section headers' }]);
  });

  it('sections that overlap', () => {
    const bytes = changed((view) => {
      const table = Number(view.getBigUint64(40, true));
      view.setBigUint64(table + 64 * 3 + 24, view.getBigUint64(table + 64 * 2 + 24, true), true);
      view.setBigUint64(table + 64 * 3 + 32, 8n, true);
      view.setBigUint64(table + 64 * 2 + 32, 8n, true);
    });
    expect(refusal(bytes)).toMatchObject({ code: 'ELF_MALFORMED' });
  });
});
