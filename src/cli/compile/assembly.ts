import { readElf } from '../../elf/index.js';
import { decodeInsns, formatListing } from '../../isa/index.js';

const EXECUTABLE = 4;

/** The code of an object as text, section by section. */
export function assemblyText(object: Uint8Array): string {
  const { sections, littleEndian } = readElf(object);
  return sections
    .filter(({ flags, size }) => (flags & EXECUTABLE) !== 0 && size > 0)
    .map(
      ({ name, data }) => `${name}:\n${formatListing(decodeInsns(data, littleEndian), { opcode: false })}\n`,
    )
    .join('\n');
}

/** The bytes of a section, none when the object has none of that name. */
export function sectionBytes(object: Uint8Array, name: string): Uint8Array {
  return readElf(object).sections.find((section) => section.name === name)?.data ?? new Uint8Array();
}
