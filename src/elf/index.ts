export { readElf } from './read.js';
export { relocationsOf } from './relocations.js';
export type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from './types.js';
export { type NewRelocation, type NewSection, type NewSymbol, newSection, writeElf } from './write.js';
