import { type StringTable, stringTable } from '../bytes/string-table.js';
import { btfError } from '../errors/btf.js';
import { BTF_HEADER_BYTES, BTF_MAGIC, BTF_VERSION } from './constants.js';

/** The parts of a BTF section. */
export interface BtfSection {
  readonly littleEndian: boolean;
  /** The records of the types: the format has nothing but words of 32 bits. */
  readonly words: Uint32Array;
  /** Bytes of the records; four for each word, but for those of a section that is cut off. */
  readonly typeBytes: number;
  /** Where the records start, in bytes from the section's start. */
  readonly typesAt: number;
  readonly strings: StringTable;
}

/** Splits a BTF section into its type and string parts, telling the byte order by the magic number. */
export function readBtfSection(bytes: Uint8Array, section = '.BTF'): BtfSection {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = byteOrder(view, section);
  if (bytes.length < BTF_HEADER_BYTES) throw beyond(section, 0, BTF_HEADER_BYTES, bytes.length);
  const headerBytes = view.getUint32(4, littleEndian);
  if (headerBytes < BTF_HEADER_BYTES)
    throw btfError(
      'BTF_MALFORMED',
      `${section}: the header says it has ${headerBytes} bytes; it takes ${BTF_HEADER_BYTES}`,
      {
        facts: { section, offset: 4 },
      },
    );
  const part = (at: number) => {
    const offset = headerBytes + view.getUint32(at, littleEndian);
    const length = view.getUint32(at + 4, littleEndian);
    if (offset + length > bytes.length) throw beyond(section, offset, length, bytes.length);
    return { offset, length };
  };
  const types = part(8);
  const strings = part(16);
  return {
    littleEndian,
    words: wordsOf(bytes.subarray(types.offset, types.offset + types.length), littleEndian),
    typeBytes: types.length,
    typesAt: types.offset,
    strings: stringTable(bytes.subarray(strings.offset, strings.offset + strings.length)),
  };
}

const HOST_IS_LITTLE = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** The words of either byte order; where they lie when the machine can read them there, else a copy. */
function wordsOf(bytes: Uint8Array, littleEndian: boolean): Uint32Array {
  const isAligned = bytes.byteOffset % 4 === 0 && littleEndian === HOST_IS_LITTLE;
  // Not `slice`: that of a Buffer is a view.
  const { buffer, byteOffset } = isAligned ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(buffer, byteOffset, bytes.length >>> 2);
  if (littleEndian === HOST_IS_LITTLE) return words;
  const view = new DataView(buffer, byteOffset, bytes.length);
  for (let at = 0; at < words.length; at++) words[at] = view.getUint32(at * 4, littleEndian);
  return words;
}

/** Checks the magic number and version that BTF and BTF.ext share. */
export function byteOrder(view: DataView, section: string): boolean {
  if (view.byteLength < 4) throw beyond(section, 0, 4, view.byteLength);
  const littleEndian = view.getUint16(0, true) === BTF_MAGIC;
  if (!littleEndian && view.getUint16(0, false) !== BTF_MAGIC)
    throw btfError('BTF_NOT_BTF', `${section}: this is no BTF: it does not start with eb9f`, {
      facts: { section, offset: 0 },
    });
  const version = view.getUint8(2);
  if (version !== BTF_VERSION)
    throw btfError('BTF_MALFORMED', `${section}: version ${version} is unknown; 1 is possible`, {
      facts: { section, offset: 2, version },
    });
  return littleEndian;
}

export function beyond(section: string, offset: number, length: number, size: number) {
  return btfError(
    'BTF_TRUNCATED',
    `${section}: ${length} bytes at offset ${offset} reach beyond the section's ${size} bytes`,
    { facts: { section, offset, length, size } },
  );
}
