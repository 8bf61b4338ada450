import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseObject, relocate } from './index.js';

const read = (name: string) =>
  parseObject(new Uint8Array(readFileSync(`test/cases/objects/${name}.o`)), { name });

describe('parseObject', () => {
  it('reads an ordinary libbpf-style object', () => {
    const spec = read('syn_count');
    expect(spec).toMatchObject({ littleEndian: true, license: 'GPL', kernelVersion: 0 });
    expect(spec.maps.map(({ btf: _, ...map }) => map)).toEqual([
      {
        name: 'my_syn_counts',
        type: 'hash',
        keySize: 4,
        valueSize: 4,
        maxEntries: 1024,
        flags: 0,
        pinning: 'by_name',
        keyType: 8,
        valueType: 8,
      },
    ]);
    const program = spec.programs[0];
    expect(program).toMatchObject({ name: 'count_syn', section: 'xdp', type: 'xdp', attachType: 'xdp' });
    expect(program?.lines.every(({ file, line }) => file.endsWith('syn_count.c') && line > 0)).toBe(true);
    expect(spec.programs).toHaveLength(1);
  });

  it('leaves references to maps to relocate, which writes their index', () => {
    const program = read('syn_count').programs[0];
    if (program === undefined) throw new Error('no program');
    expect(program.relocations.map(({ kind }) => kind)).toEqual(['map', 'map']);
    const insns = relocate(program, { mapIndex: () => 7 });
    for (const { insn } of program.relocations) expect(insns[insn]).toMatchObject({ src: 5, imm: 7 });
  });
});
