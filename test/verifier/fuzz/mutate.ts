import type { Insn } from '../../../src/isa/index.js';
import { assembleTest } from '../../support/verifier-program.js';
import { type Generated, Random } from './generate.js';

/** A program with some of its instructions changed: bits flipped, fields replaced, neighbours exchanged. */
export function mutated({ source }: Generated, seed: number): Insn[] {
  const random = new Random(seed ^ 0x3a7e);
  const insns = assembleTest(source).map((insn) => ({ ...insn }));
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(insns.length);
    const insn = insns[at] as { -readonly [Key in keyof Insn]: Insn[Key] };
    switch (random.below(7)) {
      case 0:
        insn.opcode = random.below(256);
        break;
      case 1:
        insn.opcode ^= 1 << random.below(8);
        break;
      case 2:
        insn.dst = random.below(16);
        break;
      case 3:
        insn.src = random.below(16);
        break;
      case 4:
        insn.off = random.below(64) - 32;
        break;
      case 5:
        insn.imm = random.chance(50) ? random.next() | 0 : insn.imm ^ (1 << random.below(32));
        break;
      default: {
        const other = Math.min(insns.length - 1, at + 1);
        [insns[at], insns[other]] = [insns[other] as Insn, insn];
      }
    }
  }
  return insns;
}
