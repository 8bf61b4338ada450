import { expect, test } from 'vitest';
import { decodeInsns } from '../isa/index.js';
import { programTag } from './tag.js';

test('a tag is the one that Linux 6.18 shows for the same instructions', () => {
  const insns = decodeInsns(new Uint8Array([0xb7, 0, 0, 0, 7, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0]));
  expect(programTag(insns)).toBe('9efe8873120741b3');
});

test('map references do not change a tag', () => {
  const load = (src: number, imm: number) => [
    { opcode: 0x18, dst: 1, src, off: 0, imm },
    { opcode: 0, dst: 0, src: 0, off: 0, imm: 0 },
    { opcode: 0x95, dst: 0, src: 0, off: 0, imm: 0 },
  ];
  expect(programTag(load(5, 3))).toBe(programTag(load(1, 17)));
  expect(programTag(load(0, 3))).not.toBe(programTag(load(0, 17)));
});
