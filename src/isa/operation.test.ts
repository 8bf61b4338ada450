import { expect, test } from 'vitest';
import { decodeInsns } from './decode.js';
import { type InvalidInsn, type Operation, operationAt } from './operation.js';

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

const r1 = { kind: 'reg', reg: 1 } as const;
const imm = (value: number) => ({ kind: 'imm', imm: value }) as const;

/** Bytes of the first instruction (and its second half) and what it means. */
const MEANINGS: readonly (readonly [hex: string, meaning: Operation | InvalidInsn])[] = [
  ['07020000ffffffff', { kind: 'alu', op: 'add', width: 64, dst: 2, src: imm(-1) }],
  ['3c12010000000000', { kind: 'alu', op: 'sdiv', width: 32, dst: 2, src: r1 }],
  ['bc12100000000000', { kind: 'movsx', width: 32, bits: 16, dst: 2, src: 1 }],
  ['bf12200000000000', { kind: 'movsx', width: 64, bits: 32, dst: 2, src: 1 }],
  ['bf12010001000000', { kind: 'addr_space_cast', dst: 2, src: 1, toSpace: 0, fromSpace: 1 }],
  ['8702000000000000', { kind: 'neg', width: 64, dst: 2 }],
  ['dc02000010000000', { kind: 'end', to: 'be', bits: 16, dst: 2 }],
  ['d402000020000000', { kind: 'end', to: 'le', bits: 32, dst: 2 }],
  ['d702000040000000', { kind: 'end', to: 'bswap', bits: 64, dst: 2 }],
  ['0500feff00000000', { kind: 'goto', wide: false, offset: -2 }],
  ['06000000feffffff', { kind: 'goto', wide: true, offset: -2 }],
  ['e500030000000000', { kind: 'may_goto', offset: 3 }],
  ['6612030005000000', invalid('src', 'uses reserved field src')],
  ['6602030005000000', { kind: 'branch', op: 'jsgt', width: 32, dst: 2, src: imm(5), offset: 3 }],
  ['1d12030000000000', { kind: 'branch', op: 'jeq', width: 64, dst: 2, src: r1, offset: 3 }],
  ['8500000001000000', { kind: 'call_helper', id: 1 }],
  ['8510000003000000', { kind: 'call_local', offset: 3 }],
  ['8520010009000000', { kind: 'call_kfunc', btfId: 9, btfFd: 1 }],
  ['8d03000000000000', { kind: 'call_register', reg: 3 }],
  ['9500000000000000', { kind: 'exit' }],
  ['7112fcff00000000', { kind: 'load', bytes: 1, signed: false, dst: 2, base: 1, off: -4 }],
  ['8112000000000000', { kind: 'load', bytes: 4, signed: true, dst: 2, base: 1, off: 0 }],
  ['7a0af8ff05000000', { kind: 'store', bytes: 8, base: 10, off: -8, src: imm(5) }],
  ['6b1af8ff00000000', { kind: 'store', bytes: 2, base: 10, off: -8, src: r1 }],
  ['db12000001000000', { kind: 'atomic', op: 'add', fetch: true, bytes: 8, base: 2, off: 0, src: 1 }],
  ['c3120000a0000000', { kind: 'atomic', op: 'xor', fetch: false, bytes: 4, base: 2, off: 0, src: 1 }],
  ['c3120000f1000000', { kind: 'atomic', op: 'cmpxchg', fetch: true, bytes: 4, base: 2, off: 0, src: 1 }],
  [
    'd312000000010000',
    { kind: 'atomic', op: 'load_acquire', fetch: false, bytes: 1, base: 1, off: 0, src: 2 },
  ],
  [
    'cb12000010010000',
    { kind: 'atomic', op: 'store_release', fetch: false, bytes: 2, base: 2, off: 0, src: 1 },
  ],
  ['28000000 0c000000', { kind: 'ld_abs', bytes: 2, imm: 12 }],
  ['5010000004000000', { kind: 'ld_ind', bytes: 1, src: 1, imm: 4 }],
  ['18020000010000000000000002000000', { kind: 'ld_imm64', pseudo: 'imm', dst: 2, low: 1, high: 2 }],
  [
    '18620000010000000000000002000000',
    { kind: 'ld_imm64', pseudo: 'map_idx_value', dst: 2, low: 1, high: 2 },
  ],
  ['1802000001000000', invalid('length', 'the second half of the 64-bit immediate is missing')],
  [
    '18020000010000009500000000000000',
    invalid('length', 'the second half of the 64-bit immediate is malformed'),
  ],
  ['1872000001000000', invalid('src', 'unknown kind of 64-bit immediate 7')],
  ['070b000001000000', invalid('dst', 'R11 is invalid')],
  ['0fb0000000000000', invalid('src', 'R11 is invalid')],
  ['0700010001000000', invalid('off', 'uses reserved field off')],
  ['0710000001000000', invalid('src', 'uses reserved field src')],
  ['0f10000001000000', invalid('imm', 'uses reserved field imm')],
  ['8c00000000000000', invalid('opcode', 'unknown opcode 8c')],
  ['df00000010000000', invalid('opcode', 'unknown opcode df')],
  ['dc00000011000000', invalid('imm', 'swaps 17 bits; 16, 32 and 64 are possible')],
  ['bc12200000000000', invalid('off', 'sign-extends 32 bits')],
  ['9600000000000000', invalid('opcode', 'unknown opcode 96')],
  ['9500000001000000', invalid('imm', 'uses reserved field imm')],
  ['8530000001000000', invalid('src', 'unknown kind of call 3')],
  ['9910000000000000', invalid('opcode', 'unknown opcode 99')],
  ['3800000000000000', invalid('opcode', 'unknown opcode 38')],
  ['7110000001000000', invalid('imm', 'uses reserved field imm')],
  ['db12000077000000', invalid('imm', 'unknown atomic operation 77')],
  ['d312000000000000', invalid('opcode', 'an atomic add of 1 bytes; 4 and 8 are possible')],
];

function invalid(field: InvalidInsn['field'], reason: string): InvalidInsn {
  return { kind: 'invalid', field, reason };
}

test.each(MEANINGS)('%s is decoded to its meaning', (hex, meaning) => {
  expect(operationAt(decodeInsns(bytesOf(hex.replaceAll(' ', ''))), 0)).toEqual(meaning);
});

test('there is nothing behind the last instruction', () => {
  expect(operationAt([], 0)).toEqual(invalid('length', 'there is no instruction 0'));
});
