import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readElf } from '../elf/index.js';
import { type Btf, readBtf, writeBtf } from './index.js';

const DIRECTORY = 'test/cases/objects';

function btfOf(name: string): Btf | undefined {
  const elf = readElf(new Uint8Array(readFileSync(`${DIRECTORY}/${name}`)));
  const section = elf.sections.find((candidate) => candidate.name === '.BTF');
  return section && readBtf(section.data);
}

describe('writeBtf', () => {
  it.each([true, false])(
    'reads a Buffer at any address and leaves it as it was (little endian: %s)',
    (littleEndian) => {
      const btf: Btf = { types: [{ kind: 'void' }, { kind: 'fwd', name: 'a', union: false }] };
      const written = writeBtf(btf, littleEndian);
      for (const off of [0, 1, 2, 4]) {
        const bytes = Buffer.alloc(written.length + off);
        bytes.set(written, off);
        expect([...readBtf(bytes.subarray(off)).types]).toEqual(btf.types);
        expect(bytes.subarray(off).equals(written)).toBe(true);
      }
    },
  );

  it.each([true, false])('is the inverse of readBtf (little endian: %s)', (littleEndian) => {
    for (const name of readdirSync(DIRECTORY).filter((file) => file.endsWith('.o'))) {
      const btf = btfOf(name);
      if (btf !== undefined) expect([...readBtf(writeBtf(btf, littleEndian)).types]).toEqual([...btf.types]);
    }
  });

  const vmlinux = '/sys/kernel/btf/vmlinux';
  const why = existsSync(vmlinux) ? '' : '(skipped: no kernel BTF here)';
  it.skipIf(why !== '')(`keeps every type of the running kernel ${why}`, () => {
    const btf = readBtf(new Uint8Array(readFileSync(vmlinux)), vmlinux);
    expect([...readBtf(writeBtf(btf)).types]).toEqual([...btf.types]);
  });

  const bpftool = (() => {
    try {
      execFileSync('bpftool', ['version'], { stdio: 'ignore' });
      return '';
    } catch {
      return '(skipped: no bpftool here)';
    }
  })();
  it.skipIf(bpftool !== '')(`writes what bpftool reads as the compiler's BTF ${bpftool}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'skep-btf-'));
    try {
      for (const name of ['core.o', 'map_kinds.o', 'data.o', 'subprograms.o']) {
        const btf = btfOf(name);
        if (btf === undefined) throw new Error(`${name} has no BTF`);
        const path = join(directory, name.replace('.o', '.btf'));
        writeFileSync(path, writeBtf(btf));
        const dump = (file: string) =>
          execFileSync('bpftool', ['btf', 'dump', 'file', file], { encoding: 'utf8' });
        expect(dump(path)).toBe(dump(`${DIRECTORY}/${name}`));
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
