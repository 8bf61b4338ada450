import { INSN_BYTES, type Insn } from './insn.js';

/** Writes instruction slots as bytes: the inverse of `decodeInsns`. */
export function encodeInsns(insns: readonly Insn[], littleEndian = true): Uint8Array {
  const bytes = new Uint8Array(insns.length * INSN_BYTES);
  const view = new DataView(bytes.buffer);
  insns.forEach((insn, index) => {
    const at = index * INSN_BYTES;
    view.setUint8(at, insn.opcode);
    view.setUint8(at + 1, littleEndian ? insn.dst | (insn.src << 4) : (insn.dst << 4) | insn.src);
    view.setInt16(at + 2, insn.off, littleEndian);
    view.setInt32(at + 4, insn.imm, littleEndian);
  });
  return bytes;
}
