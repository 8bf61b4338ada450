import { expect, test } from 'vitest';
import { decodeInsns } from '../isa/index.js';
import {
  bpfAvailability,
  mapCreate,
  mapLookup,
  mapNextKey,
  mapUpdate,
  objectInfo,
  progLoad,
  progTestRun,
} from './bpf.js';

const { available, reason } = bpfAvailability();
const SOCKET_FILTER = 1;
const word = (value: number) => new Uint8Array(new Uint32Array([value]).buffer);
/** r0 = 7; exit */
const RETURN_7 = decodeInsns(new Uint8Array([0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]));

test.skipIf(!available)(`a map keeps what was written ${reason}`, () => {
  using map = mapCreate({ type: 1, keySize: 4, valueSize: 4, maxEntries: 8, name: 'skep_test' });
  expect(mapLookup(map, word(1), 4)).toBeUndefined();
  mapUpdate(map, word(1), word(42));
  expect(mapLookup(map, word(1), 4)).toEqual(word(42));
  expect(mapNextKey(map, undefined, 4)).toEqual(word(1));
  expect(mapNextKey(map, word(1), 4)).toBeUndefined();
});

test.skipIf(!available)(`a program is verified, loaded and run ${reason}`, () => {
  const load = progLoad({ type: SOCKET_FILTER, insns: RETURN_7, license: 'GPL', logLevel: 2 });
  if (!load.ok) throw new Error(load.log);
  using program = load.program;
  expect(load.log).toContain('processed 2 insns');
  expect(progTestRun(program, { data: new Uint8Array(64) }).returnValue).toBe(7);
  expect(objectInfo(program, 80)[0]).toBe(SOCKET_FILTER);
});

test.skipIf(!available)(`a program that the verifier refuses comes with its log ${reason}`, () => {
  const load = progLoad({ type: SOCKET_FILTER, insns: RETURN_7.slice(1), license: 'GPL', logLevel: 1 });
  expect(load).toMatchObject({ ok: false, errno: 13 });
  expect(load.log).toContain('R0 !read_ok');
});
