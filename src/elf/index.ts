export { readElf } from './read.js';
export { relocationsOf } from './relocations.js';
export type { ElfFile, ElfRelocation, ElfSection, ElfSymbol } from './types.js';
