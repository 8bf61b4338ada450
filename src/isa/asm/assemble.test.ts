import { describe, expect, test } from 'vitest';
import { disassemble } from '../disasm/index.js';
import { encodeInsns } from '../encode.js';
import { assemble } from './assemble.js';
import { AsmError } from './error.js';
import type { AsmOptions } from './options.js';

const MAPS: Readonly<Record<string, number>> = { counts: 0, config: 1 };
const OPTIONS: AsmOptions = {
  helper: (name) => (name === 'bpf_map_lookup_elem' ? 1 : undefined),
  kfunc: (name) => (name === 'bpf_rcu_read_lock' ? 4711 : undefined),
  symbol: (name) => (name in MAPS ? { pseudo: 'map_idx', low: MAPS[name] as number } : undefined),
};

function hex(text: string): string {
  return Array.from(encodeInsns(assemble(text, OPTIONS)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** One line of assembly and its bytes, as LLVM 19 encodes the same line where it knows it. */
const PSEUDO_C: readonly (readonly [text: string, bytes: string])[] = [
  ['r1 = r2', 'bf21000000000000'],
  ['w1 = w2', 'bc21000000000000'],
  ['r1 = -1', 'b7010000ffffffff'],
  ['r1 = 0x80000000', 'b701000000000080'],
  ['w1 s>>= 3', 'c401000003000000'],
  ['r1 s/= r2', '3f21010000000000'],
  ['w1 s%= 7', '9401010007000000'],
  ['r1 = -r1', '8701000000000000'],
  ['w3 = -w3', '8403000000000000'],
  ['r1 = (s8)r2', 'bf21080000000000'],
  ['w1 = (s16)w2', 'bc21100000000000'],
  ['r1 = (s32)r2', 'bf21200000000000'],
  ['r1 = be16 r1', 'dc01000010000000'],
  ['r1 = le64 r1', 'd401000040000000'],
  ['r1 = bswap32 r1', 'd701000020000000'],
  ['r0 = *(u32 *)(r1 + 4)', '6110040000000000'],
  ['r0 = *(u32 *)(r1 +4)', '6110040000000000'],
  ['r0 = *(s8 *)(r1 - 4)', '9110fcff00000000'],
  ['w0 = *(u8 *)(r1 + 0)', '7110000000000000'],
  ['*(u64 *)(r10 - 8) = r2', '7b2af8ff00000000'],
  ['*(u16 *)(r10 - 8) = w2', '6b2af8ff00000000'],
  ['*(u8 *)(r10 - 8) = 0xff', '720af8ffff000000'],
  ['lock *(u64 *)(r10 - 8) += r1', 'db1af8ff00000000'],
  ['lock *(u32 *)(r10 - 8) ^= w1', 'c31af8ffa0000000'],
  ['r0 = atomic_fetch_add((u64 *)(r10 - 8), r0)', 'db0af8ff01000000'],
  ['w3 = atomic_fetch_or((u32 *)(r10 - 8), w3)', 'c33af8ff41000000'],
  ['r3 = atomic64_fetch_and((u64 *)(r10 -8), r3)', 'db3af8ff51000000'],
  ['r1 = xchg_64(r10 - 8, r1)', 'db1af8ffe1000000'],
  ['w1 = xchg32_32(r10 - 8, w1)', 'c31af8ffe1000000'],
  ['r0 = cmpxchg_64(r10 - 8, r0, r1)', 'db1af8fff1000000'],
  ['w0 = cmpxchg32_32(r10 - 8, w0, w1)', 'c31af8fff1000000'],
  ['r0 = atomic_cmpxchg((u32 *)(r10 -8), r0, r1)', 'c31af8fff1000000'],
  ['r0 = load_acquire((u64 *)(r1 + 0))', 'db10000000010000'],
  ['w0 = load_acquire((u8 *)(r1 + 0))', 'd310000000010000'],
  ['store_release((u16 *)(r1 + 2), r0)', 'cb01020010010000'],
  ['r0 = *(u8 *)skb[5]', '3000000005000000'],
  ['r0 = *(u16 *)skb[r1]', '4810000000000000'],
  ['r0 = *(u32 *)skb[r1 + 4]', '4010000004000000'],
  ['r0 = addr_space_cast(r1, 0x0, 0x1)', 'bf10010001000000'],
  ['if r1 s> 5 goto +3', '6501030005000000'],
  ['if w1 != w2 goto pc-1', '5e21ffff00000000'],
  ['if r1 & 0x7 goto +0', '4501000007000000'],
  ['goto -1', '0500ffff00000000'],
  ['gotol +70000', '0600000070110100'],
  ['may_goto +2', 'e500020000000000'],
  ['call 5', '8500000005000000'],
  ['call pc+3', '8510000003000000'],
  ['call bpf_map_lookup_elem', '8500000001000000'],
  ['call bpf_map_lookup_elem#1', '8500000001000000'],
  ['call bpf_rcu_read_lock', '8520000067120000'],
  ['callx r2', '8d02000000000000'],
  ['exit', '9500000000000000'],
  ['r0 = 0x1122334455667788 ll', '18000000887766550000000044332211'],
  ['r0 = -1 ll', '18000000ffffffff00000000ffffffff'],
  ['r1 = map[id:7]', '18110000070000000000000000000000'],
  ['r1 = map[id:7][0]+8', '18210000070000000000000008000000'],
  ['r1 = map[idx:1]+8', '18610000010000000000000008000000'],
  ['r1 = map[config]', '18510000010000000000000000000000'],
  ['r1 = map[config][0]+8', '18610000010000000000000008000000'],
  ['r1 = counts ll', '18510000000000000000000000000000'],
  ['r1 = subprog[+5]', '18410000050000000000000000000000'],
  ['   3: (b7) r1 = 5', 'b701000005000000'],
  ['4: (18) r0 = 0x5', '18000000050000000000000000000000'],
];

const MNEMONICS: readonly (readonly [text: string, bytes: string])[] = [
  ['mov %r1, %r2', 'bf21000000000000'],
  ['mov32 r1, -1', 'b4010000ffffffff'],
  ['add64 r1, 5', '0701000005000000'],
  ['sdiv r1, r2', '3f21010000000000'],
  ['smod32 r1, 7', '9401010007000000'],
  ['neg32 %r3', '8403000000000000'],
  ['movsx832 r1, r2', 'bc21080000000000'],
  ['movsx3264 r1, r2', 'bf21200000000000'],
  ['be16 r1', 'dc01000010000000'],
  ['le64 r1', 'd401000040000000'],
  ['swap16 r1', 'd701000010000000'],
  ['bswap32 r1', 'd701000020000000'],
  ['ldxw r0, [r1+4]', '6110040000000000'],
  ['ldxdw %r0, [%r1]', '7910000000000000'],
  ['ldxsh r0, [r1-2]', '8910feff00000000'],
  ['stxdw [%r10-8], %r3', '7b3af8ff00000000'],
  ['stb [r10-1], 0x7f', '720affff7f000000'],
  ['lddw %r3, 0x11', '18030000110000000000000000000000'],
  ['lddw r1, map[config]', '18510000010000000000000000000000'],
  ['ldabsh 12', '280000000c000000'],
  ['ldindb r2, 4', '5020000004000000'],
  ['ja +3', '0500030000000000'],
  ['ja32 +3', '0600000003000000'],
  ['jne32 r1, 5, +2', '5601020005000000'],
  ['jsgt r1, r2, -1', '6d21ffff00000000'],
  ['call helper 5', '8500000005000000'],
  ['call local +3', '8510000003000000'],
  ['call runtime 9', '8520000009000000'],
  ['call %r2', '8d02000000000000'],
  ['lock add [r10-8], r1', 'db1af8ff00000000'],
  ['lock fetch_add [r10-8], r1', 'db1af8ff01000000'],
  ['lock fetch xor32 [r10-8], r1', 'c31af8ffa1000000'],
  ['lock xchg [r10-8], r1', 'db1af8ffe1000000'],
  ['lock cmpxchg32 [r10-8], r1', 'c31af8fff1000000'],
  ['ldacqdw r0, [r1+0]', 'db10000000010000'],
  ['strelh [r1+2], r0', 'cb01020010010000'],
];

describe('assemble', () => {
  test.each(PSEUDO_C)('reads pseudo-C: %s', (text, bytes) => {
    expect(hex(text)).toBe(bytes);
  });

  test.each(MNEMONICS)('reads mnemonics: %s', (text, bytes) => {
    expect(hex(text)).toBe(bytes);
  });

  test('both syntaxes, labels and all comments may be mixed', () => {
    const text = `
      ; counts down from r2          // and a comment in a comment
      mov r0, 0                      # uBPF
      loop: if r2 == 0 goto out      // Linux
      r0 += r2 ; trailing
      r2 -= 1
      ja loop
    out:
      call double
      exit
    double: empty:
      r0 <<= 1
      exit`;
    expect(disassemble(assemble(text)).map((line) => line.text)).toEqual([
      'r0 = 0',
      'if r2 == 0x0 goto pc+3',
      'r0 += r2',
      'r2 -= 1',
      'goto pc-4',
      'call pc+1',
      'exit',
      'r0 <<= 1',
      'exit',
    ]);
  });

  test('a label behind a 64-bit immediate counts its two slots', () => {
    expect(assemble('goto end\nr1 = 1 ll\nend: exit')[0]?.off).toBe(2);
  });

  test('"exit" as a target is the first exit unless there is such a label', () => {
    expect(assemble('ja exit\nr0 = 1\nexit\nexit')[0]?.off).toBe(1);
    expect(assemble('ja exit\nr0 = 1\nexit\nexit: exit')[0]?.off).toBe(2);
  });

  test('nothing but comments is an empty program', () => {
    expect(assemble('# nothing\n\n')).toEqual([]);
  });

  test.each([
    ['r0 = 1\n  ldxq r0, r1', 'ASM_SYNTAX', 'line 2, column 3: there is no instruction "ldxq"'],
    ['r0 = r11', 'ASM_RANGE', 'line 1, column 6: there is no register r11; r0 to r10 are'],
    ['mov32 r0, 2147483648', 'ASM_RANGE', 'line 1, column 11: the number does not fit 32 bits'],
    ['r0 = 0x100000000', 'ASM_RANGE', 'line 1, column 6: the number does not fit 32 bits'],
    ['ldxb r0, [r1+0x10000]', 'ASM_RANGE', 'line 1, column 13: the number does not fit 16 bits'],
    ['ldxb r0, r1', 'ASM_SYNTAX', 'line 1, column 10: "[" expected, found "r1"'],
    ['lddw r0', 'ASM_SYNTAX', 'line 1, column 8: "," expected, the line ends here'],
    ['lock or [r10-8]', 'ASM_SYNTAX', 'line 1, column 16: "," expected, the line ends here'],
    ['ja NOWHERE', 'ASM_SYMBOL', 'line 1, column 4: there is no label "NOWHERE"'],
    ['a: exit\na: exit', 'ASM_SYMBOL', 'line 2, column 1: the label "a" is there already'],
    ['r0 = 1 2', 'ASM_SYNTAX', 'line 1, column 8: the end of the line expected, found "2"'],
    ['r0 += w1', 'ASM_SYNTAX', 'line 1, column 7: the other register has 64 bits: r1 expected'],
    [
      'r0 = be16 r1',
      'ASM_SYNTAX',
      'line 1, column 13: a byte order conversion has one register: r1 = be16 r1',
    ],
    ['r1 = map[nothing]', 'ASM_SYMBOL', 'line 1, column 10: nothing is known of "nothing"'],
    ['w0 = *(u64 *)(r1 + 0)', 'ASM_SYNTAX', 'line 1, column 22: a 64-bit load needs an r register'],
    ['if r0 = 1 goto +1', 'ASM_SYNTAX', 'line 1, column 7: a comparison expected, found "="'],
    ['lock fetch_xchg [r1+0], r2', 'ASM_SYNTAX', 'line 1, column 12: xchg always fetches: leave "fetch" out'],
  ])('says where and what is wrong: %s', (text, code, message) => {
    const error = failure(text);
    expect([error.code, error.message]).toEqual([code, message]);
    expect(error.message).toContain(`line ${error.line}, column ${error.column}:`);
  });
});

function failure(text: string): AsmError {
  try {
    assemble(text);
  } catch (error) {
    if (error instanceof AsmError) return error;
    throw error;
  }
  throw new Error('the text was read');
}
