import {
  CLASS_64,
  DATA,
  FILE_TYPE_RELOCATABLE,
  FLAG,
  HEADER_BYTES,
  MACHINE,
  REL_BYTES,
  SECTION,
  SECTION_HEADER_BYTES,
  SYMBOL_BYTES,
} from './constants.js';

/** A symbol to be written. */
export interface NewSymbol {
  readonly name: string;
  /** Which section it is in; `undefined` for an extern one. */
  readonly section: NewSection | undefined;
  readonly value: number;
  readonly size: number;
  /** `STT_*`. */
  readonly type: number;
  /** `STB_*`. */
  readonly binding: number;
  /** `STV_*`. */
  readonly visibility: number;
}

/** A REL record: the addend is in the place that it patches. */
export interface NewRelocation {
  readonly offset: number;
  /** `R_BPF_*`. */
  readonly type: number;
  readonly symbol: NewSymbol;
}

/** A section to be written, filled as its contents become known. */
export interface NewSection {
  readonly name: string;
  /** `SHT_*`. */
  readonly type: number;
  /** `SHF_*`. */
  readonly flags: number;
  align: number;
  readonly entrySize?: number;
  data: Uint8Array;
  readonly relocations: NewRelocation[];
}

/** One row of the section header table. */
interface Header {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly align: number;
  readonly entrySize: number;
  readonly data: Uint8Array;
  readonly link: number;
  readonly info: number;
}

class Strings {
  #text = '\0';
  readonly #offsets = new Map([['', 0]]);

  add(text: string): number {
    let offset = this.#offsets.get(text);
    if (offset === undefined) {
      offset = this.#text.length;
      this.#text += `${text}\0`;
      this.#offsets.set(text, offset);
    }
    return offset;
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#text, (char) => char.charCodeAt(0));
  }
}

/** C names as the bytes of their UTF-8, one char a byte, so that offsets count bytes. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Writes a relocatable ELF64 file for BPF. Local symbols come first, as ELF asks. */
export function writeElf(
  sections: readonly NewSection[],
  symbols: readonly NewSymbol[],
  littleEndian = true,
): Uint8Array {
  const ordered = [
    ...symbols.filter(({ binding }) => binding === 0),
    ...symbols.filter(({ binding }) => binding !== 0),
  ];
  const strings = new Strings();
  const relocated = sections.filter(({ relocations }) => relocations.length > 0);
  const symtabIndex = 1 + sections.length + relocated.length;
  const sectionIndex = new Map(sections.map((section, index) => [section, index + 1]));
  const symbolIndex = new Map(ordered.map((symbol, index) => [symbol, index + 1]));
  const headers: Header[] = sections.map((section) => ({
    ...section,
    entrySize: section.entrySize ?? 0,
    link: 0,
    info: 0,
  }));
  for (const section of relocated) {
    headers.push({
      name: `.rel${section.name}`,
      type: SECTION.REL,
      flags: 0x40,
      align: 8,
      entrySize: REL_BYTES,
      data: relocationBytes(section.relocations, symbolIndex, littleEndian),
      link: symtabIndex,
      info: sectionIndex.get(section) ?? 0,
    });
  }
  headers.push({
    name: '.symtab',
    type: SECTION.SYMTAB,
    flags: 0,
    align: 8,
    entrySize: SYMBOL_BYTES,
    data: symbolBytes(ordered, sectionIndex, strings, littleEndian),
    link: symtabIndex + 1,
    info: 1 + ordered.filter(({ binding }) => binding === 0).length,
  });
  for (const { name } of headers) strings.add(utf8(name));
  strings.add('.strtab');
  const table = { type: SECTION.STRTAB, flags: 0, align: 1, entrySize: 0, link: 0, info: 0 };
  headers.push({ ...table, name: '.strtab', data: strings.bytes() });
  return fileBytes(headers, strings, littleEndian);
}

function relocationBytes(
  relocations: readonly NewRelocation[],
  symbolIndex: ReadonlyMap<NewSymbol, number>,
  littleEndian: boolean,
): Uint8Array {
  const view = new DataView(new ArrayBuffer(relocations.length * REL_BYTES));
  relocations.forEach(({ offset, type, symbol }, index) => {
    view.setBigUint64(index * REL_BYTES, BigInt(offset), littleEndian);
    const info = (BigInt(symbolIndex.get(symbol) ?? 0) << 32n) | BigInt(type);
    view.setBigUint64(index * REL_BYTES + 8, info, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

function symbolBytes(
  symbols: readonly NewSymbol[],
  sectionIndex: ReadonlyMap<NewSection, number>,
  strings: Strings,
  littleEndian: boolean,
): Uint8Array {
  const view = new DataView(new ArrayBuffer((symbols.length + 1) * SYMBOL_BYTES));
  symbols.forEach((symbol, index) => {
    const at = (index + 1) * SYMBOL_BYTES;
    view.setUint32(at, strings.add(utf8(symbol.name)), littleEndian);
    view.setUint8(at + 4, (symbol.binding << 4) | symbol.type);
    view.setUint8(at + 5, symbol.visibility);
    const section = symbol.section === undefined ? 0 : (sectionIndex.get(symbol.section) ?? 0);
    view.setUint16(at + 6, section, littleEndian);
    view.setBigUint64(at + 8, BigInt(symbol.value), littleEndian);
    view.setBigUint64(at + 16, BigInt(symbol.size), littleEndian);
  });
  return new Uint8Array(view.buffer);
}

function fileBytes(headers: readonly Header[], strings: Strings, littleEndian: boolean): Uint8Array {
  let end = HEADER_BYTES;
  const offsets = headers.map(({ align, data, type }) => {
    const offset = Math.ceil(end / align) * align;
    end = offset + (type === SECTION.NOBITS ? 0 : data.length);
    return offset;
  });
  const tableOffset = Math.ceil(end / 8) * 8;
  const bytes = new Uint8Array(tableOffset + (headers.length + 1) * SECTION_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, CLASS_64, littleEndian ? DATA.LITTLE : DATA.BIG, 1]);
  view.setUint16(16, FILE_TYPE_RELOCATABLE, littleEndian);
  view.setUint16(18, MACHINE.BPF, littleEndian);
  view.setUint32(20, 1, littleEndian);
  view.setBigUint64(40, BigInt(tableOffset), littleEndian);
  view.setUint16(52, HEADER_BYTES, littleEndian);
  view.setUint16(58, SECTION_HEADER_BYTES, littleEndian);
  view.setUint16(60, headers.length + 1, littleEndian);
  view.setUint16(62, headers.length, littleEndian);
  headers.forEach((header, index) => {
    const offset = offsets[index] ?? 0;
    if (header.type !== SECTION.NOBITS) bytes.set(header.data, offset);
    const at = tableOffset + (index + 1) * SECTION_HEADER_BYTES;
    view.setUint32(at, strings.add(utf8(header.name)), littleEndian);
    view.setUint32(at + 4, header.type, littleEndian);
    const words = [header.flags, 0, offset, header.data.length];
    words.forEach((word, n) => {
      view.setBigUint64(at + 8 + n * 8, BigInt(word), littleEndian);
    });
    view.setUint32(at + 40, header.link, littleEndian);
    view.setUint32(at + 44, header.info, littleEndian);
    view.setBigUint64(at + 48, BigInt(header.align), littleEndian);
    view.setBigUint64(at + 56, BigInt(header.entrySize), littleEndian);
  });
  return bytes;
}

/** An empty section of code, initialised data, or zeros. */
export function newSection(
  name: string,
  kind: 'code' | 'data' | 'rodata' | 'zero' | 'strings' | 'info',
  align: number,
): NewSection {
  const flags = {
    code: FLAG.ALLOC | FLAG.EXEC,
    data: FLAG.ALLOC | FLAG.WRITE,
    rodata: FLAG.ALLOC,
    zero: FLAG.ALLOC | FLAG.WRITE,
    strings: FLAG.ALLOC | 0x30,
    info: 0,
  }[kind];
  return {
    name,
    type: kind === 'zero' ? SECTION.NOBITS : SECTION.PROGBITS,
    flags,
    align,
    ...(kind === 'strings' ? { entrySize: 1 } : {}),
    data: new Uint8Array(),
    relocations: [],
  };
}
