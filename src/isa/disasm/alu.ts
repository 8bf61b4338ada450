import type { Insn } from '../insn.js';
import { ALU_END, ALU_MOV, ALU_NEG, ALU_OPS, CLASS, SOURCE } from '../opcodes.js';

const ALU_SYMBOL = new Map<number, string>(ALU_OPS.map((row) => [row.code | (row.off << 8), row.symbol]));

/** ALU and ALU64 instructions as Linux's `print_bpf_insn` writes them. */
export function formatAlu(insn: Insn): string {
  const is32 = (insn.opcode & 0x07) === CLASS.ALU;
  const [dst, src] = is32 ? [`w${insn.dst}`, `w${insn.src}`] : [`r${insn.dst}`, `r${insn.src}`];
  const code = insn.opcode & 0xf0;
  const fromRegister = (insn.opcode & SOURCE.X) !== 0;
  if (code === ALU_END) {
    const order = !is32 ? 'bswap' : fromRegister ? 'be' : 'le';
    return `r${insn.dst} = ${order}${insn.imm} r${insn.dst}`;
  }
  if (code === ALU_NEG) return `${dst} = -${dst}`;
  if (fromRegister && code === ALU_MOV && insn.off !== 0) {
    if (!is32 && insn.off === 1)
      return `${dst} = addr_space_cast(${src}, ${insn.imm >>> 16}, ${insn.imm & 0xffff})`;
    if (insn.off === 8 || insn.off === 16 || insn.off === 32) return `${dst} = (s${insn.off})${src}`;
  }
  const symbol = ALU_SYMBOL.get(code | (insn.off << 8)) ?? ALU_SYMBOL.get(code) ?? '(null)';
  return `${dst} ${symbol} ${fromRegister ? src : insn.imm}`;
}
