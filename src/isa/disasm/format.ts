import { encodeInsns } from '../encode.js';
import type { Insn } from '../insn.js';
import {
  BRANCH_OPS,
  CALL,
  CLASS,
  JMP_CALL,
  JMP_EXIT,
  JMP_JA,
  JMP_JCOND,
  OPCODE_LD_IMM64,
  SOURCE,
} from '../opcodes.js';
import { operationAt } from '../operation.js';
import { formatAlu } from './alu.js';
import { formatLegacyLoad, formatLoad, formatStore, formatStoreRegister, signed } from './memory.js';
import type { DisasmOptions } from './options.js';

const BRANCH_SYMBOL = new Map<number, string>(BRANCH_OPS.map((row) => [row.code, row.symbol]));

/**
 * One instruction as text, exactly as Linux's `print_bpf_insn` writes it; the words of `options.style` where the
 * kernel's log and bpftool differ. Never fails: what has no meaning is written as Linux writes it, in the style
 * `asm` as `.insn` with the slot's eight bytes as one little-endian number.
 */
export function formatInsn(insns: readonly Insn[], index: number, options: DisasmOptions = {}): string {
  const insn = insns[index];
  if (insn === undefined) return '';
  const text =
    options.style === 'asm' && !isReadBack(insns, index) ? raw(insn) : plain(insns, insn, index, options);
  return options.opcode === true ? `(${hex(insn.opcode, 2)}) ${text}` : text;
}

/** Whether the text holds all of the instruction: the object's number in a kfunc call is not in it. */
function isReadBack(insns: readonly Insn[], index: number): boolean {
  const operation = operationAt(insns, index);
  if (operation.kind === 'call_kfunc') return operation.btfFd === 0;
  return operation.kind !== 'invalid';
}

function raw(insn: Insn): string {
  const view = new DataView(encodeInsns([insn]).buffer);
  return `.insn 0x${view.getBigUint64(0, true).toString(16).padStart(16, '0')}`;
}

function hex(value: number, digits = 1): string {
  return (value >>> 0).toString(16).padStart(digits, '0');
}

function plain(insns: readonly Insn[], insn: Insn, index: number, options: DisasmOptions): string {
  switch (insn.opcode & 0x07) {
    case CLASS.ALU:
    case CLASS.ALU64:
      return formatAlu(insn);
    case CLASS.JMP:
    case CLASS.JMP32:
      return formatJump(insn, index, options);
    case CLASS.LDX:
      return formatLoad(insn);
    case CLASS.ST:
      return formatStore(insn);
    case CLASS.STX:
      return formatStoreRegister(insn);
    default:
      return insn.opcode === OPCODE_LD_IMM64
        ? `r${insn.dst} = ${formatImm64(insn, insns[index + 1]?.imm ?? 0, index, options)}`
        : formatLegacyLoad(insn);
  }
}

function formatJump(insn: Insn, index: number, options: DisasmOptions): string {
  const code = insn.opcode & 0xf0;
  const is32 = (insn.opcode & 0x07) === CLASS.JMP32;
  if (code === JMP_CALL) return formatCall(insn, index, options);
  if (insn.opcode === (CLASS.JMP | JMP_JA)) return `goto pc${signed(insn.off)}`;
  if (insn.opcode === (CLASS.JMP32 | JMP_JA)) return `gotol pc${signed(insn.imm)}`;
  if (insn.opcode === (CLASS.JMP | JMP_JCOND)) return `may_goto pc${signed(insn.off)}`;
  if (insn.opcode === (CLASS.JMP | JMP_EXIT)) return 'exit';
  const register = is32 ? 'w' : 'r';
  const source = (insn.opcode & SOURCE.X) !== 0 ? `${register}${insn.src}` : `0x${hex(insn.imm)}`;
  const symbol = BRANCH_SYMBOL.get(code) ?? '(null)';
  return `if ${register}${insn.dst} ${symbol} ${source} goto pc${signed(insn.off)}`;
}

function formatCall(insn: Insn, index: number, options: DisasmOptions): string {
  // Linux's printer does not know callx; LLVM's word for it is used.
  if ((insn.opcode & SOURCE.X) !== 0) return `callx r${insn.dst}`;
  if (insn.src === CALL.LOCAL) return `call pc${options.localCall?.(insn, index) ?? signed(insn.imm)}`;
  if (insn.src === CALL.KFUNC) {
    const fallback = options.style === 'asm' ? 'kfunc' : 'unknown';
    const name = options.style === 'asm' ? undefined : options.kfuncName?.(insn.imm, insn);
    return `call ${name ?? fallback}#${insn.imm}`;
  }
  return `call ${options.helperName?.(insn.imm) ?? 'unknown'}#${insn.imm}`;
}

function formatImm64(insn: Insn, high: number, index: number, options: DisasmOptions): string {
  const value = (BigInt(high >>> 0) << 32n) | BigInt(insn.imm >>> 0);
  const own = options.imm64?.(insn, value, index);
  if (own !== undefined) return own;
  const style = options.style ?? 'bpftool';
  const low = insn.imm >>> 0;
  const number = `0x${value.toString(16)}`;
  if (style === 'verifier') return number;
  // Only map values and map_idx values have a second number that bpftool prints; `asm` must not lose any.
  const rest = style === 'asm' && high !== 0 ? `+${high >>> 0}` : '';
  switch (insn.src) {
    case 0:
      return style === 'asm' ? `${number} ll` : number;
    case 1:
      return `map[id:${low}]${rest}`;
    case 2:
      return `map[id:${low}][0]+${high >>> 0}`;
    case 3:
      return style === 'asm' ? `btf_id[${low}]${rest}` : number;
    case 4:
      return `subprog[${signed(insn.imm)}]${rest}`;
    case 5:
      return style === 'asm' ? `map[idx:${low}][]${rest}` : number;
    case 6:
      return `map[idx:${low}]+${high >>> 0}`;
    default:
      return number;
  }
}
