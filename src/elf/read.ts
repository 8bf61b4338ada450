import { type StringTable, stringTable } from '../bytes/string-table.js';
import { elfError } from '../errors/elf.js';
import {
  CLASS_64,
  DATA,
  FILE_TYPE_RELOCATABLE,
  FLAG,
  HEADER_BYTES,
  MACHINE,
  SECTION,
  SECTION_HEADER_BYTES,
  SPECIAL_SECTION,
  SYMBOL_BYTES,
} from './constants.js';
import type { ElfFile, ElfSection, ElfSymbol } from './types.js';

/** A real object has tens of symbols for each function; this bounds the work on a hostile one. */
const MAX_SYMBOLS = 1 << 20;

interface Header {
  readonly littleEndian: boolean;
  readonly machine: number;
  readonly tableOffset: number;
  readonly count: number;
  readonly namesIndex: number;
}

interface RawSection extends Omit<ElfSection, 'name' | 'data'> {
  readonly nameOffset: number;
}

export interface ReadElfOptions {
  /** Kernels, modules and programs too: for their sections of types. */
  readonly anyMachine?: boolean;
}

/**
 * Reads an ELF64 relocatable file of BPF code, of either byte order. Every offset is checked against the file, and
 * sections may not overlap, so that time and memory are bounded by the file's size.
 *
 * @param bytes the whole file; the result's section data are views of it.
 * @throws {SkepError} `ELF_*`, naming the section and offset.
 */
export function readElf(bytes: Uint8Array, { anyMachine = false }: ReadElfOptions = {}): ElfFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const header = readHeader(bytes, view, anyMachine);
  const raw = readSectionHeaders(view, header);
  checkOverlaps(raw, header);
  const names = namesOf(bytes, raw, header);
  const sections = raw.map((section) => finishSection(bytes, section, names));
  const tables = sections.filter((section) => section.type === SECTION.SYMTAB);
  if (tables.length > 1)
    throw elfError('ELF_MALFORMED', `the object has ${tables.length} symbol tables; one is possible`, {
      facts: { sections: tables.map((table) => table.name) },
    });
  const symbols = tables[0] === undefined ? [] : readSymbols(tables[0], sections, header.littleEndian);
  return { littleEndian: header.littleEndian, machine: header.machine, sections, symbols };
}

function readHeader(bytes: Uint8Array, view: DataView, anyMachine: boolean): Header {
  const magic = bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
  if (!magic)
    throw elfError('ELF_NOT_ELF', 'this is no ELF file: it does not start with 7f 45 4c 46', {
      facts: { offset: 0, size: bytes.length },
      hint: 'give an object file, as made by clang -target bpf -c',
    });
  if (bytes.length < HEADER_BYTES)
    throw elfError(
      'ELF_TRUNCATED',
      `the ELF header takes ${HEADER_BYTES} bytes, the file has ${bytes.length}`,
      {
        facts: { section: 'ELF header', offset: 0, size: bytes.length },
      },
    );
  if (bytes[4] !== CLASS_64) throw unsupported('the file is no 64-bit ELF file', 4, { class: bytes[4] });
  if (bytes[5] !== DATA.LITTLE && bytes[5] !== DATA.BIG)
    throw malformedHeader(`byte order ${bytes[5]} is unknown`, 5);
  const littleEndian = bytes[5] === DATA.LITTLE;
  const type = view.getUint16(16, littleEndian);
  const machine = view.getUint16(18, littleEndian);
  if (!anyMachine && machine !== MACHINE.BPF && machine !== MACHINE.NONE)
    throw unsupported(`the file holds code for machine ${machine}, not BPF (${MACHINE.BPF})`, 18, {
      machine,
    });
  if (!anyMachine && type !== FILE_TYPE_RELOCATABLE)
    throw unsupported(`the file is no relocatable object (its type is ${type})`, 16, { type });
  if (view.getUint16(58, littleEndian) !== SECTION_HEADER_BYTES)
    throw malformedHeader(`section headers have ${view.getUint16(58, littleEndian)} bytes, not 64`, 58);
  const tableOffset = readU64(view, 40, littleEndian, 'ELF header');
  const count = view.getUint16(60, littleEndian);
  if (count === 0)
    throw unsupported('the file has no section table, or more than 65,279 sections', 60, { count });
  if (tableOffset + count * SECTION_HEADER_BYTES > bytes.length)
    throw elfError(
      'ELF_TRUNCATED',
      `${count} section headers at offset ${tableOffset} reach beyond the file's ${bytes.length} bytes`,
      { facts: { section: 'section headers', offset: tableOffset, count, size: bytes.length } },
    );
  return { littleEndian, machine, tableOffset, count, namesIndex: view.getUint16(62, littleEndian) };
}

function unsupported(message: string, offset: number, facts: Record<string, unknown>) {
  return elfError('ELF_UNSUPPORTED', message, {
    facts: { section: 'ELF header', offset, ...facts },
    hint: 'compile with clang -target bpf -c',
  });
}

function malformedHeader(message: string, offset: number) {
  return elfError('ELF_MALFORMED', message, { facts: { section: 'ELF header', offset } });
}

/** A u64 that has to be a sensible file position. */
function readU64(view: DataView, at: number, littleEndian: boolean, section: string): number {
  const value = view.getBigUint64(at, littleEndian);
  if (value > 0x1f_ffff_ffff_ffffn)
    throw elfError(
      'ELF_MALFORMED',
      `${section}: 0x${value.toString(16)} at offset ${at} is no sensible number`,
      {
        facts: { section, offset: at, value: value.toString() },
      },
    );
  return Number(value);
}

function readSectionHeaders(view: DataView, { littleEndian, tableOffset, count }: Header): RawSection[] {
  const sections: RawSection[] = [];
  for (let index = 0; index < count; index++) {
    const at = tableOffset + index * SECTION_HEADER_BYTES;
    const label = `header of section ${index}`;
    sections.push({
      index,
      nameOffset: view.getUint32(at, littleEndian),
      type: view.getUint32(at + 4, littleEndian),
      flags: Number(view.getBigUint64(at + 8, littleEndian) & 0xffff_ffffn),
      offset: readU64(view, at + 24, littleEndian, label),
      size: readU64(view, at + 32, littleEndian, label),
      link: view.getUint32(at + 40, littleEndian),
      info: view.getUint32(at + 44, littleEndian),
      alignment: readU64(view, at + 48, littleEndian, label),
      entrySize: readU64(view, at + 56, littleEndian, label),
    });
  }
  return sections;
}

function hasBytes(section: RawSection): boolean {
  return section.type !== SECTION.NULL && section.type !== SECTION.NOBITS && section.size > 0;
}

/** Sections with bytes may share none of them: otherwise a small file could stand for any amount of data. */
function checkOverlaps(sections: readonly RawSection[], header: Header): void {
  const spans = sections
    .filter(hasBytes)
    .map(({ index, offset, size }) => ({ what: `section ${index}`, index, offset, size }));
  spans.push({ what: 'the ELF header', index: -1, offset: 0, size: HEADER_BYTES });
  spans.push({
    what: 'the section headers',
    index: -1,
    offset: header.tableOffset,
    size: header.count * SECTION_HEADER_BYTES,
  });
  spans.sort((a, b) => a.offset - b.offset);
  let last = spans[0];
  for (const span of spans.slice(1)) {
    if (last !== undefined && span.offset < last.offset + last.size)
      throw elfError('ELF_MALFORMED', `${span.what} overlaps ${last.what} at offset ${span.offset}`, {
        facts: { section: span.what, other: last.what, offset: span.offset },
      });
    last = span;
  }
}

function namesOf(bytes: Uint8Array, sections: readonly RawSection[], header: Header): StringTable {
  const section = sections[header.namesIndex];
  if (section === undefined || section.type !== SECTION.STRTAB)
    throw malformedHeader(
      `section ${header.namesIndex} should hold the section names, but is no string table`,
      62,
    );
  return stringTable(contents(bytes, section, `section ${section.index}`));
}

function contents(bytes: Uint8Array, section: RawSection, label: string): Uint8Array {
  if (!hasBytes(section)) return new Uint8Array(0);
  if (section.offset + section.size > bytes.length)
    throw elfError(
      'ELF_TRUNCATED',
      `${label}: ${section.size} bytes at offset ${section.offset} reach beyond the file's ${bytes.length} bytes`,
      { facts: { section: label, offset: section.offset, length: section.size, size: bytes.length } },
    );
  return bytes.subarray(section.offset, section.offset + section.size);
}

function finishSection(bytes: Uint8Array, raw: RawSection, names: StringTable): ElfSection {
  const { nameOffset, ...rest } = raw;
  const name = raw.type === SECTION.NULL ? '' : names.at(nameOffset);
  if (name === undefined)
    throw elfError('ELF_MALFORMED', `the name of section ${raw.index} lies outside the string table`, {
      facts: { section: `section ${raw.index}`, offset: nameOffset },
    });
  const label = name === '' ? `section ${raw.index}` : name;
  if ((raw.flags & FLAG.COMPRESSED) !== 0)
    throw elfError('ELF_UNSUPPORTED', `${label}: compressed sections are not read`, {
      facts: { section: label, offset: raw.offset },
      hint: 'compile without -gz, or undo it with llvm-objcopy --decompress-debug-sections',
    });
  return { ...rest, name, data: contents(bytes, raw, label) };
}

function readSymbols(table: ElfSection, sections: readonly ElfSection[], littleEndian: boolean): ElfSymbol[] {
  const facts = { section: table.name, offset: table.offset, length: table.size };
  if (table.size % SYMBOL_BYTES !== 0)
    throw elfError('ELF_MALFORMED', `${table.name}: ${table.size} bytes are no whole number of symbols`, {
      facts,
    });
  const count = table.size / SYMBOL_BYTES;
  if (count > MAX_SYMBOLS)
    throw elfError('ELF_TOO_LARGE', `${table.name}: ${count} symbols; at most ${MAX_SYMBOLS} are read`, {
      facts,
    });
  const strings = sections[table.link];
  if (strings === undefined || strings.type !== SECTION.STRTAB)
    throw elfError(
      'ELF_MALFORMED',
      `${table.name}: section ${table.link} should hold its names, but is no string table`,
      {
        facts,
      },
    );
  const names = stringTable(strings.data);
  const view = new DataView(table.data.buffer, table.data.byteOffset, table.data.length);
  const symbols: ElfSymbol[] = [];
  for (let index = 0; index < count; index++)
    symbols.push(readSymbol(view, index, littleEndian, table, names, sections));
  return symbols;
}

function readSymbol(
  view: DataView,
  index: number,
  littleEndian: boolean,
  table: ElfSection,
  names: StringTable,
  sections: readonly ElfSection[],
): ElfSymbol {
  const at = index * SYMBOL_BYTES;
  const facts = { section: table.name, offset: table.offset + at, symbol: index };
  const nameOffset = view.getUint32(at, littleEndian);
  const info = view.getUint8(at + 4);
  const place = view.getUint16(at + 6, littleEndian);
  const name = nameOffset === 0 ? '' : names.at(nameOffset);
  if (name === undefined)
    throw elfError(
      'ELF_MALFORMED',
      `${table.name}: the name of symbol ${index} lies outside the string table`,
      { facts },
    );
  const section = placeOf(place);
  if (typeof section === 'number' && section >= sections.length)
    throw elfError(
      'ELF_MALFORMED',
      `${table.name}: symbol ${name || index} is in section ${section}, which does not exist`,
      {
        facts,
      },
    );
  return {
    index,
    name,
    section,
    value: readU64(view, at + 8, littleEndian, `${table.name}: symbol ${name || index}`),
    size: readU64(view, at + 16, littleEndian, `${table.name}: symbol ${name || index}`),
    type: info & 0x0f,
    binding: info >> 4,
    visibility: view.getUint8(at + 5) & 0x03,
  };
}

function placeOf(index: number): ElfSymbol['section'] {
  if (index === SPECIAL_SECTION.UNDEF) return 'undefined';
  if (index === SPECIAL_SECTION.ABS) return 'absolute';
  if (index === SPECIAL_SECTION.COMMON) return 'common';
  return index >= SPECIAL_SECTION.RESERVED ? 'reserved' : index;
}
