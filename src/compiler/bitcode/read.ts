import { bitcodeError } from '../../errors/bitcode.js';
import type { IrModule } from '../ir/module.js';
import { type BitBlock, readBitstream } from './bitstream.js';
import { BLOCK } from './codes.js';
import { Cursor, recordsOf } from './cursor.js';
import { readModule } from './module.js';

const MAGIC = 0xdec0_4342;
const WRAPPER_MAGIC = 0x0b17_c0de;
/** No C program for BPF comes near it; the kernel takes a million instructions. */
const MAX_BYTES = 256 * 1024 * 1024;

/**
 * Reads LLVM bitcode, of clang 14 to 22 with `-target bpf`, into the IR.
 *
 * Pure: the same bytes give the same module anywhere. Time and memory are proportional to the size of the
 * bitcode, whatever it holds.
 *
 * @param bytes a bitcode file: what `clang -emit-llvm -c` writes.
 * @throws SkepError `BITCODE_*`, with the bit offset of what is at fault.
 */
export function readBitcode(bytes: Uint8Array): IrModule {
  if (bytes.length > MAX_BYTES) {
    throw bitcodeError('BITCODE_TOO_LARGE', `Bitcode of ${bytes.length} bytes is more than any program has`);
  }
  const { from, to } = bounds(bytes);
  const blocks = readBitstream(bytes, from + 4, to);
  const modules = blocks.filter(({ id }) => id === BLOCK.module);
  const [module] = modules;
  if (module === undefined || modules.length > 1) {
    throw bitcodeError('BITCODE_UNSUPPORTED', `The bitcode holds ${modules.length} modules, not one`);
  }
  return readModule(module, stringTable(blocks), producerOf(blocks));
}

/** Where the bitstream lies, magic number included: Apple's tools put a header before it. */
function bounds(bytes: Uint8Array): { from: number; to: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const word = (at: number) => (at + 4 <= bytes.length ? view.getUint32(at, true) : 0);
  let from = 0;
  let to = bytes.length;
  if (word(0) === WRAPPER_MAGIC) {
    from = word(8);
    to = from + word(12);
    if (to > bytes.length || from < 16) {
      throw bitcodeError('BITCODE_TRUNCATED', 'The wrapped bitcode lies beyond the end of the file');
    }
  }
  if (word(from) !== MAGIC) {
    throw bitcodeError(
      'BITCODE_NOT_BITCODE',
      'The file is no LLVM bitcode: it does not begin with "BC" 0xC0DE',
      {
        hint: 'Write bitcode with clang -target bpf -O2 -g -emit-llvm -c',
      },
    );
  }
  return { from, to };
}

function stringTable(blocks: readonly BitBlock[]): Uint8Array {
  const block = blocks.findLast(({ id }) => id === BLOCK.stringTable);
  if (block !== undefined) for (const { blob } of recordsOf(block)) if (blob !== undefined) return blob;
  return new Uint8Array();
}

function producerOf(blocks: readonly BitBlock[]): string {
  const block = blocks.find(({ id }) => id === BLOCK.identification);
  if (block === undefined) return '';
  for (const record of recordsOf(block))
    if (record.code === 1) return new Cursor(record, 'the producer').text();
  return '';
}
