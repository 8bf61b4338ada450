import { INSN_BYTES, type Insn } from './insn.js';

/**
 * Reads instruction slots from bytes, one `Insn` for each 8 bytes; trailing bytes that make no whole slot are an error.
 *
 * @param littleEndian byte order of the target machine; decides the order of the two register nibbles too.
 * @throws {RangeError} when the length is no multiple of 8.
 */
export function decodeInsns(bytes: Uint8Array, littleEndian = true): Insn[] {
  if (bytes.length % INSN_BYTES !== 0)
    throw new RangeError(`${bytes.length} bytes are no whole number of instructions`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const insns: Insn[] = [];
  for (let at = 0; at < bytes.length; at += INSN_BYTES) {
    const registers = view.getUint8(at + 1);
    const [low, high] = [registers & 0x0f, registers >> 4];
    insns.push({
      opcode: view.getUint8(at),
      dst: littleEndian ? low : high,
      src: littleEndian ? high : low,
      off: view.getInt16(at + 2, littleEndian),
      imm: view.getInt32(at + 4, littleEndian),
    });
  }
  return insns;
}
