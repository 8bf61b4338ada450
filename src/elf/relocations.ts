import { elfError } from '../errors/elf.js';
import { REL_BYTES, SECTION } from './constants.js';
import type { ElfFile, ElfRelocation, ElfSection } from './types.js';

/**
 * The relocation records that patch one section, in file order; none when the object has no relocation section for it.
 *
 * @throws {SkepError} `ELF_UNSUPPORTED` for records with explicit addends (RELA), which BPF toolchains do not make;
 * `ELF_MALFORMED` for records outside the section or with unknown symbols.
 */
export function relocationsOf(elf: ElfFile, target: ElfSection): ElfRelocation[] {
  const relocations: ElfRelocation[] = [];
  for (const section of sectionsFor(elf, target.index)) {
    if (section.type === SECTION.RELA)
      throw elfError('ELF_UNSUPPORTED', `${section.name}: relocations with explicit addends are not read`, {
        facts: { section: section.name, offset: section.offset },
        hint: 'compile with clang, whose BPF objects use REL',
      });
    if (section.type === SECTION.REL) readInto(relocations, elf, section, target);
  }
  return relocations;
}

const indexes = new WeakMap<ElfFile, Map<number, ElfSection[]>>();

/** The relocation sections of a section; indexed once, since a file may have very many sections. */
function sectionsFor(elf: ElfFile, target: number): readonly ElfSection[] {
  let index = indexes.get(elf);
  if (index === undefined) {
    index = new Map();
    for (const section of elf.sections) {
      if ((section.type !== SECTION.REL && section.type !== SECTION.RELA) || section.size === 0) continue;
      const list = index.get(section.info);
      if (list === undefined) index.set(section.info, [section]);
      else list.push(section);
    }
    indexes.set(elf, index);
  }
  return index.get(target) ?? [];
}

function readInto(into: ElfRelocation[], elf: ElfFile, section: ElfSection, target: ElfSection): void {
  if (section.size % REL_BYTES !== 0)
    throw elfError(
      'ELF_MALFORMED',
      `${section.name}: ${section.size} bytes are no whole number of relocations`,
      {
        facts: { section: section.name, offset: section.offset, length: section.size },
      },
    );
  const view = new DataView(section.data.buffer, section.data.byteOffset, section.data.length);
  for (let at = 0; at < section.size; at += REL_BYTES) {
    const facts = { section: section.name, offset: section.offset + at };
    const offset = view.getBigUint64(at, elf.littleEndian);
    const info = view.getBigUint64(at + 8, elf.littleEndian);
    const symbol = elf.symbols[Number(info >> 32n)];
    if (symbol === undefined)
      throw elfError(
        'ELF_MALFORMED',
        `${section.name}: a relocation names symbol ${info >> 32n}, which does not exist`,
        {
          facts,
        },
      );
    if (offset >= BigInt(target.size))
      throw elfError(
        'ELF_MALFORMED',
        `${section.name}: a relocation patches byte ${offset} of ${target.name}, which has ${target.size}`,
        {
          facts,
        },
      );
    into.push({ offset: Number(offset), type: Number(info & 0xffff_ffffn), symbol });
  }
}
