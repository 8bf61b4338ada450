import type { Insn } from '../insn.js';
import { ALU_OPS, ATOMIC_FETCH, ATOMIC_OPS, MODE, SIZE, SIZES } from '../opcodes.js';

const C_TYPE = new Map<number, string>(SIZES.map((row) => [row.code, row.c]));
const ATOMIC = new Map<number, (typeof ATOMIC_OPS)[number]['name']>(
  ATOMIC_OPS.map((row) => [row.code, row.name]),
);
const SYMBOL = new Map<string, string>(ALU_OPS.map((row) => [row.name, row.symbol]));

/** `+8`, `-8`, `+0`. */
export function signed(value: number): string {
  return value < 0 ? `${value}` : `+${value}`;
}

function typeOf(insn: Insn): string {
  return C_TYPE.get(insn.opcode & 0x18) as string;
}

function modeOf(insn: Insn): number {
  return insn.opcode & 0xe0;
}

function bug(kind: string, insn: Insn): string {
  return `BUG_${kind}${insn.opcode.toString(16).padStart(2, '0')}`;
}

export function formatLoad(insn: Insn): string {
  const mode = modeOf(insn);
  if (mode !== MODE.MEM && mode !== MODE.MEMSX) return bug('ldx_', insn);
  const type = mode === MODE.MEMSX ? typeOf(insn).replace('u', 's') : typeOf(insn);
  return `r${insn.dst} = *(${type} *)(r${insn.src} ${signed(insn.off)})`;
}

export function formatStore(insn: Insn): string {
  const mode = modeOf(insn);
  // The barrier that the verifier inserts itself; no program can contain it.
  if (mode === MODE.ATOMIC) return 'nospec';
  if (mode !== MODE.MEM) return bug('st_', insn);
  return `*(${typeOf(insn)} *)(r${insn.dst} ${signed(insn.off)}) = ${insn.imm}`;
}

export function formatStoreRegister(insn: Insn): string {
  const mode = modeOf(insn);
  if (mode === MODE.ATOMIC) return formatAtomic(insn) ?? bug('', insn);
  if (mode !== MODE.MEM) return bug('', insn);
  return `*(${typeOf(insn)} *)(r${insn.dst} ${signed(insn.off)}) = r${insn.src}`;
}

function formatAtomic(insn: Insn): string | undefined {
  const pointer = `(${typeOf(insn)} *)(r${insn.dst} ${signed(insn.off)})`;
  const prefix = (insn.opcode & 0x18) === SIZE.DW ? 'atomic64' : 'atomic';
  const name = ATOMIC.get(insn.imm) ?? ATOMIC.get(insn.imm & ~ATOMIC_FETCH);
  switch (name) {
    case 'add':
    case 'or':
    case 'and':
    case 'xor':
      return (insn.imm & ATOMIC_FETCH) === 0
        ? `lock *${pointer} ${SYMBOL.get(name)} r${insn.src}`
        : `r${insn.src} = ${prefix}_fetch_${name}(${pointer}, r${insn.src})`;
    case 'xchg':
      return `r${insn.src} = ${prefix}_xchg(${pointer}, r${insn.src})`;
    case 'cmpxchg':
      return `r0 = ${prefix}_cmpxchg(${pointer}, r0, r${insn.src})`;
    case 'load_acquire':
      return insn.imm === 0x100
        ? `r${insn.dst} = load_acquire((${typeOf(insn)} *)(r${insn.src} ${signed(insn.off)}))`
        : undefined;
    case 'store_release':
      return insn.imm === 0x110 ? `store_release(${pointer}, r${insn.src})` : undefined;
    case undefined:
      return undefined;
    default:
      return name satisfies never;
  }
}

/** LD_ABS and LD_IND. */
export function formatLegacyLoad(insn: Insn): string {
  const mode = modeOf(insn);
  if (mode === MODE.ABS) return `r0 = *(${typeOf(insn)} *)skb[${insn.imm}]`;
  if (mode === MODE.IND) return `r0 = *(${typeOf(insn)} *)skb[r${insn.src} + ${insn.imm}]`;
  return bug('ld_', insn);
}
