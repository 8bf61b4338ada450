import type { StringTable } from '../bytes/string-table.js';
import { btfError } from '../errors/btf.js';
import { BTF_EXT_CORE_HEADER_BYTES, BTF_EXT_HEADER_BYTES } from './constants.js';
import { beyond, byteOrder, readBtfSection } from './header.js';
import type { BtfTypeId } from './types.js';

/** Which function starts at a byte of a section. */
export interface ExtFunction {
  readonly section: string;
  readonly offset: number;
  readonly type: BtfTypeId;
}
/** Which source line starts at a byte of a section. */
export interface ExtLine {
  readonly section: string;
  readonly offset: number;
  readonly file: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}
/** A CO-RE record of the instruction at a byte of a section. */
export interface ExtCoreRelocation {
  readonly section: string;
  readonly offset: number;
  readonly type: BtfTypeId;
  readonly access: string;
  /** `enum bpf_core_relo_kind`. */
  readonly kind: number;
}
/** What a `.BTF.ext` section says of the code. Offsets are bytes from the start of the code section. */
export interface BtfExt {
  readonly functions: readonly ExtFunction[];
  readonly lines: readonly ExtLine[];
  readonly coreRelocations: readonly ExtCoreRelocation[];
}

interface Source {
  readonly view: DataView;
  readonly littleEndian: boolean;
  readonly strings: StringTable;
  readonly label: string;
}

/**
 * Reads a `.BTF.ext` section; its strings are in the `.BTF` section beside it. Records may be longer than those known
 * (newer toolchains append fields), not shorter.
 *
 * @throws {SkepError} `BTF_*`, naming the section and offset.
 */
export function readBtfExt(ext: Uint8Array, btf: Uint8Array, label = '.BTF.ext'): BtfExt {
  const view = new DataView(ext.buffer, ext.byteOffset, ext.length);
  const littleEndian = byteOrder(view, label);
  if (ext.length < BTF_EXT_HEADER_BYTES) throw beyond(label, 0, BTF_EXT_HEADER_BYTES, ext.length);
  const headerBytes = view.getUint32(4, littleEndian);
  if (headerBytes < BTF_EXT_HEADER_BYTES || headerBytes > ext.length)
    throw btfError(
      'BTF_MALFORMED',
      `${label}: a header of ${headerBytes} bytes in a section of ${ext.length}`,
      {
        facts: { section: label, offset: 4 },
      },
    );
  const source: Source = { view, littleEndian, strings: readBtfSection(btf).strings, label };
  const part = <T>(at: number, minimum: number, read: RecordReader<T>): T[] => {
    if (at + 8 > headerBytes) return [];
    const start = headerBytes + view.getUint32(at, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (start + length > ext.length) throw beyond(label, start, length, ext.length);
    return length === 0 ? [] : readPart(source, start, start + length, minimum, read);
  };
  return {
    functions: part(8, 8, readFunction),
    lines: part(16, 16, readLine),
    coreRelocations: headerBytes < BTF_EXT_CORE_HEADER_BYTES ? [] : part(24, 16, readCore),
  };
}

type RecordReader<T> = (source: Source, at: number, section: string) => T;

function readPart<T>(
  source: Source,
  start: number,
  end: number,
  minimum: number,
  read: RecordReader<T>,
): T[] {
  const { view, littleEndian, label } = source;
  const records: T[] = [];
  if (end - start < 4) throw beyond(label, start, 4, end);
  const recordBytes = view.getUint32(start, littleEndian);
  if (recordBytes < minimum || recordBytes % 4 !== 0)
    throw btfError(
      'BTF_MALFORMED',
      `${label}: records of ${recordBytes} bytes; at least ${minimum} are needed`,
      {
        facts: { section: label, offset: start },
      },
    );
  let at = start + 4;
  while (at < end) {
    if (at + 8 > end) throw beyond(label, at, 8, end);
    const section = text(source, view.getUint32(at, littleEndian), at);
    const count = view.getUint32(at + 4, littleEndian);
    if (at + 8 + count * recordBytes > end) throw beyond(label, at + 8, count * recordBytes, end);
    for (let index = 0; index < count; index++)
      records.push(read(source, at + 8 + index * recordBytes, section));
    at += 8 + count * recordBytes;
  }
  return records;
}

function text({ strings, label }: Source, offset: number, at: number): string {
  const found = strings.at(offset);
  if (found === undefined)
    throw btfError(
      'BTF_MALFORMED',
      `${label}: the record at offset ${at} names a string at ${offset}, outside .BTF`,
      {
        facts: { section: label, offset: at },
      },
    );
  return found;
}

const readFunction: RecordReader<ExtFunction> = ({ view, littleEndian }, at, section) => ({
  section,
  offset: view.getUint32(at, littleEndian),
  type: view.getUint32(at + 4, littleEndian),
});

const readLine: RecordReader<ExtLine> = (source, at, section) => {
  const { view, littleEndian } = source;
  const place = view.getUint32(at + 12, littleEndian);
  return {
    section,
    offset: view.getUint32(at, littleEndian),
    file: text(source, view.getUint32(at + 4, littleEndian), at),
    text: text(source, view.getUint32(at + 8, littleEndian), at),
    line: place >>> 10,
    column: place & 0x3ff,
  };
};

const readCore: RecordReader<ExtCoreRelocation> = (source, at, section) => {
  const { view, littleEndian } = source;
  return {
    section,
    offset: view.getUint32(at, littleEndian),
    type: view.getUint32(at + 4, littleEndian),
    access: text(source, view.getUint32(at + 8, littleEndian), at),
    kind: view.getUint32(at + 12, littleEndian),
  };
};
