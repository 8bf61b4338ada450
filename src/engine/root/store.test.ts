import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Btf } from '../../btf/types.js';
import type { EngineSnapshot } from '../snapshot.js';
import { EMPTY_SNAPSHOT, RootStore } from './store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skep-store-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true });
});

const btf: Btf = {
  types: [
    { kind: 'void' },
    { kind: 'int', name: '__u32', size: 4, bits: 32, bitOffset: 0, signed: false, char: false, bool: false },
    { kind: 'enum64', name: 'big', size: 8, signed: false, values: [{ name: 'TOP', value: 2n ** 64n - 1n }] },
  ],
};

function snapshot(count: number): EngineSnapshot {
  const entries = new Uint8Array(8).fill(count);
  return {
    ...EMPTY_SNAPSHOT,
    nextMapId: 2,
    nextProgramId: 2,
    nextLinkId: 2,
    nextBtfId: 2,
    maps: [
      {
        id: 1,
        frozen: false,
        entries,
        spec: {
          name: 'counts',
          type: 'hash',
          keySize: 4,
          valueSize: 4,
          maxEntries: 1024,
          flags: 0,
          mapExtra: 7n,
          pinning: 'by_name',
          btf,
          keyType: 1,
          valueType: 1,
        },
      },
    ],
    programs: [
      {
        id: 1,
        name: 'count',
        type: 'xdp',
        license: 'GPL',
        kernelVersion: 0,
        insns: [
          { opcode: 0xb7, dst: 0, src: 0, off: 0, imm: 2 },
          { opcode: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
        ],
        mapIds: [1],
        subprograms: [{ name: 'count', start: 0, funcType: 0, linkage: 'global' }],
        lines: [{ insn: 0, file: 'a.c', text: 'return 2;', line: 1, column: 1 }],
        btf,
        loadedAt: 1,
        uid: 0,
      },
    ],
    links: [{ id: 1, programId: 1, target: { kind: 'xdp', iface: 'eth0' } }],
    pins: [{ path: '/sys/fs/bpf/counts', kind: 'map', id: 1 }],
  };
}

describe('a root on disk', () => {
  test('gives back exactly what was saved', () => {
    new RootStore(folder).save(snapshot(3));
    expect(new RootStore(folder).load()).toEqual(snapshot(3));
  });

  test('gives maps and programs that shared a BTF the same one', () => {
    new RootStore(folder).save(snapshot(3));
    const loaded = new RootStore(folder).load();
    expect(loaded.maps[0]?.spec.btf).toBe(loaded.programs[0]?.btf);
  });

  test('reads as empty when the folder does not exist', () => {
    expect(new RootStore(join(folder, 'none')).load()).toEqual(EMPTY_SNAPSHOT);
  });

  test('writes only what changed, and sweeps what it replaced', () => {
    const store = new RootStore(folder);
    store.save(snapshot(3));
    const before = readdirSync(folder).sort();
    store.save(snapshot(4));
    const after = readdirSync(folder).sort();
    expect(before).toEqual(['btf-1.1', 'map-1.1', 'prog-1.1', 'state']);
    expect(after).toEqual(['btf-1.1', 'map-1.2', 'prog-1.1', 'state']);
  });

  test('writes nothing when nothing changed', () => {
    new RootStore(folder).save(snapshot(3));
    const before = readFileSync(join(folder, 'state'), 'utf8');
    const store = new RootStore(folder);
    store.save(store.load());
    expect(readFileSync(join(folder, 'state'), 'utf8')).toBe(before);
  });

  test('leaves files of others alone and sweeps those of a killed writer', () => {
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'map-9.77'), 'half');
    new RootStore(folder).save(snapshot(1));
    expect(readdirSync(folder).sort()).toEqual(['btf-1.1', 'map-1.1', 'notes.txt', 'prog-1.1', 'state']);
  });
});

describe('a damaged root', () => {
  beforeEach(() => new RootStore(folder).save(snapshot(3)));
  const load = (): unknown => new RootStore(folder).load();
  const backup = 'Restore the folder from a backup, or move it away to begin with an empty root.';

  test('names a data file whose bytes changed', () => {
    const path = join(folder, 'map-1.1');
    const bytes = readFileSync(path);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(path, bytes);
    expect(load).toThrow(
      expect.objectContaining({
        code: 'ROOT_CORRUPT',
        message: `${path} is damaged: its contents changed since they were written`,
        hint: backup,
      }),
    );
  });

  test('names a data file that was cut', () => {
    const path = join(folder, 'prog-1.1');
    const size = readFileSync(path).length;
    writeFileSync(path, readFileSync(path).subarray(0, 10));
    expect(load).toThrow(`${path} is damaged: it has 10 bytes instead of ${size}`);
  });

  test('names a data file that is missing', () => {
    unlinkSync(join(folder, 'btf-1.1'));
    expect(load).toThrow(`${join(folder, 'btf-1.1')} is damaged: it is missing`);
  });

  test('is told when state was changed by hand', () => {
    const path = join(folder, 'state');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"nextMapId":2', '"nextMapId":9'));
    expect(load).toThrow(`${path} is damaged: its contents changed since they were written`);
  });

  test('is told when state is not ours', () => {
    writeFileSync(join(folder, 'state'), 'hello\n');
    expect(load).toThrow(
      expect.objectContaining({
        code: 'ROOT_FOREIGN',
        message: `${join(folder, 'state')} was not written by skep`,
      }),
    );
  });

  test('is told when a newer skep wrote state', () => {
    const path = join(folder, 'state');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"version":1', '"version":2'));
    expect(load).toThrow(`${path} has format 2, and this skep reads format 1`);
  });
});
