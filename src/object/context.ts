import type { Btf, BtfExt } from '../btf/index.js';
import type { ElfFile, ElfSection } from '../elf/index.js';

/** What the parts of `parseObject` share. */
export interface ObjectContext {
  readonly elf: ElfFile;
  readonly btf: Btf | undefined;
  readonly ext: BtfExt | undefined;
  readonly objectName: string | undefined;
  /** What was left out of the spec and why, for people. */
  readonly notes: string[];
}

/** Whether a section is one of a family: `.data` itself or `.data.anything`. */
export function isSectionOf(family: string, section: ElfSection): boolean {
  return section.name === family || section.name.startsWith(`${family}.`);
}

/** A section's words in the file's byte order. */
export function viewOf(section: ElfSection): DataView {
  return new DataView(section.data.buffer, section.data.byteOffset, section.data.length);
}
