import { BTF_EXT_CORE_HEADER_BYTES, BTF_MAGIC, BTF_VERSION } from './constants.js';
import type { ExtCoreRelocation, ExtFunction, ExtLine } from './read-ext.js';
import type { Btf } from './types.js';
import { StringWriter, WordWriter } from './word-writer.js';
import { writeBtf } from './write.js';

/** What `.BTF.ext` is to say, while it is collected. */
export interface ExtRecords {
  readonly functions: ExtFunction[];
  readonly lines: ExtLine[];
  readonly coreRelocations: ExtCoreRelocation[];
}

/**
 * Writes types and what is said of the code as the two sections `.BTF` and `.BTF.ext`, which share their strings.
 * Records of a section must be in the order of their offsets.
 */
export function writeBtfExt(
  btf: Btf,
  records: ExtRecords,
  littleEndian = true,
): { readonly btf: Uint8Array; readonly ext: Uint8Array } {
  const strings = new StringWriter();
  const parts = [
    part(records.functions, strings, ({ offset, type }) => [offset, type]),
    part(records.lines, strings, ({ offset, file, text, line, column }) => [
      offset,
      strings.offset(file),
      strings.offset(text),
      // The columns that do not fit are of no use to anyone.
      (line << 10) | Math.min(column, 1023),
    ]),
    part(records.coreRelocations, strings, ({ offset, type, access, kind }) => [
      offset,
      type,
      strings.offset(access),
      kind,
    ]),
  ];
  const total = parts.reduce((sum, words) => sum + words.length * 4, 0);
  const ext = new Uint8Array(BTF_EXT_CORE_HEADER_BYTES + total);
  const view = new DataView(ext.buffer);
  view.setUint16(0, BTF_MAGIC, littleEndian);
  view.setUint8(2, BTF_VERSION);
  view.setUint32(4, BTF_EXT_CORE_HEADER_BYTES, littleEndian);
  let at = 0;
  parts.forEach((words, index) => {
    view.setUint32(8 + index * 8, at, littleEndian);
    view.setUint32(12 + index * 8, words.length * 4, littleEndian);
    words.copyTo(view, BTF_EXT_CORE_HEADER_BYTES + at, littleEndian);
    at += words.length * 4;
  });
  return { btf: writeBtf(btf, littleEndian, strings), ext };
}

/** The size of a record, then for each section its name, how many records, and the records. */
function part<Row extends { readonly section: string }>(
  rows: readonly Row[],
  strings: StringWriter,
  wordsOf: (row: Row) => readonly number[],
): WordWriter {
  const sections = new Map<string, (readonly number[])[]>();
  for (const row of rows) {
    const list = sections.get(row.section) ?? [];
    sections.set(row.section, list);
    list.push(wordsOf(row));
  }
  const words = new WordWriter();
  if (rows.length === 0) return words;
  words.push(([...sections.values()][0]?.[0]?.length ?? 0) * 4);
  for (const [section, list] of sections) {
    words.push(strings.offset(section), list.length);
    for (const row of list) words.push(...row);
  }
  return words;
}
