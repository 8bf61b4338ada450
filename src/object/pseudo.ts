import { LD_IMM64_PSEUDO, type LdImm64Pseudo } from '../isa/index.js';

/** The sub-code of a 64-bit immediate load, by its name in the instruction table. */
export const PSEUDO = Object.fromEntries(LD_IMM64_PSEUDO.map((row) => [row.name, row.code])) as Readonly<
  Record<LdImm64Pseudo, number>
>;
