import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatInsn } from '../disasm/index.js';
import { disassemble, formatListing } from '../disasm/listing.js';
import { decodeInsns, encodeInsns, type Insn, operationAt } from '../index.js';
import { OPCODE_LD_IMM64 } from '../opcodes.js';
import { assemble } from './assemble.js';
import { encodeOperation } from './encode-operation.js';
import { AsmError } from './error.js';

const SEED = { seed: 0x5ce9, numRuns: 3000 };

/** Any slot at all; small numbers are likelier, so that valid instructions come up. */
const anyInsn: fc.Arbitrary<Insn> = fc.record({
  opcode: fc.integer({ min: 0, max: 255 }),
  dst: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 15 })),
  src: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 15 })),
  off: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 8, 16, 32) },
    fc.integer({ min: -32768, max: 32767 }),
  ),
  imm: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(0, 1, 16, 32, 64, 0x41, 0x51, 0xa1, 0xe1, 0xf1, 0x100, 0x110) },
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  ),
});
const second: Insn = { opcode: 0, dst: 0, src: 0, off: 0, imm: -5 };
const anyProgram = fc
  .array(
    fc.oneof(
      anyInsn.map((insn) => [insn]),
      anyInsn.map((insn) => [{ ...insn, opcode: OPCODE_LD_IMM64, off: 0 }, second]),
    ),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.flat());

test('encode and decode are inverse in both byte orders', () => {
  fc.assert(
    fc.property(anyProgram, fc.boolean(), (insns, littleEndian) => {
      expect(decodeInsns(encodeInsns(insns, littleEndian), littleEndian)).toEqual(insns);
    }),
    SEED,
  );
});

test('bytes decode to instructions that encode to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.boolean(), (bytes, littleEndian) => {
      expect(encodeInsns(decodeInsns(bytes, littleEndian), littleEndian)).toEqual(bytes);
    }),
    SEED,
  );
});

test('operationAt and the disassemblers take any instruction without throwing', () => {
  fc.assert(
    fc.property(anyProgram, fc.integer({ min: -1, max: 13 }), (insns, index) => {
      operationAt(insns, index);
      for (const style of ['bpftool', 'verifier', 'asm'] as const)
        formatInsn(insns, index, { style, opcode: true });
      formatListing(insns);
    }),
    SEED,
  );
});

test('an operation is encoded to the instruction that it was read from', () => {
  fc.assert(
    fc.property(anyProgram, (insns) => {
      insns.forEach((insn, index) => {
        const operation = operationAt(insns, index);
        if (operation.kind === 'invalid') return;
        const slots = operation.kind === 'ld_imm64' ? insns.slice(index, index + 2) : [insn];
        expect(encodeOperation(operation)).toEqual(slots);
      });
    }),
    SEED,
  );
});

test('the assembler reads back whatever the disassembler writes in its style', () => {
  fc.assert(
    fc.property(anyProgram, fc.boolean(), (insns, opcode) => {
      const text = disassemble(insns, { style: 'asm', opcode }).map((line) => line.text);
      expect(assemble(text.join('\n')), text.join('\n')).toEqual(insns);
    }),
    SEED,
  );
});

test('the assembler reads a listing with opcodes and indexes', () => {
  const program = assemble('r0 = 0x1122334455667788 ll\nif r0 == 0x5 goto +1\nr0 += 1\nexit');
  expect(assemble(formatListing(program))).toEqual(program);
});

/** Lines made of the words of both syntaxes in any order. */
const WORDS =
  'r0 w1 %r10 r11 = += s>>= * ( ) [ ] - + , : # 0x11 5 -1 ll u32 s8 if goto gotol call exit lock fetch add'
    .concat(' map[id: skb be16 pc+1 label ldxw lddw .insn atomic_fetch_add xchg_64 (b7) 3: \n ; //')
    .split(' ');

test('any text is either read or refused with a place, never anything else', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }), fc.string(), (words, noise) => {
      for (const text of [words.join(' '), words.join(''), noise]) {
        try {
          assemble(text);
        } catch (error) {
          expect(error).toBeInstanceOf(AsmError);
        }
      }
    }),
    SEED,
  );
});
