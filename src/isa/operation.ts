import type { Insn } from './insn.js';
import {
  type AccessBytes,
  ALU_END,
  ALU_MOV,
  ALU_NEG,
  ALU_OPS,
  type AluOp,
  ATOMIC_FETCH,
  ATOMIC_OPS,
  type AtomicOp,
  BRANCH_OPS,
  type BranchOp,
  CALL,
  CLASS,
  JMP_CALL,
  JMP_EXIT,
  JMP_JA,
  JMP_JCOND,
  LD_IMM64_PSEUDO,
  type LdImm64Pseudo,
  MODE,
  OPCODE_LD_IMM64,
  type Reg,
  SIZES,
  SOURCE,
} from './opcodes.js';

/** A source operand: a register, or an immediate that is sign-extended to the operation's width. */
export type Operand =
  | { readonly kind: 'reg'; readonly reg: Reg }
  | { readonly kind: 'imm'; readonly imm: number };

export type Width = 32 | 64;

/**
 * What an instruction does, as a closed union: the form that verifier, interpreter, JIT and disassembler switch over.
 * Jump offsets count slots from the next instruction.
 */
export type Operation =
  | {
      readonly kind: 'alu';
      readonly op: AluOp;
      readonly width: Width;
      readonly dst: Reg;
      readonly src: Operand;
    }
  | {
      readonly kind: 'movsx';
      readonly width: Width;
      readonly bits: 8 | 16 | 32;
      readonly dst: Reg;
      readonly src: Reg;
    }
  | { readonly kind: 'neg'; readonly width: Width; readonly dst: Reg }
  | {
      readonly kind: 'end';
      readonly to: 'le' | 'be' | 'bswap';
      readonly bits: 16 | 32 | 64;
      readonly dst: Reg;
    }
  | {
      readonly kind: 'addr_space_cast';
      readonly dst: Reg;
      readonly src: Reg;
      readonly toSpace: number;
      readonly fromSpace: number;
    }
  | { readonly kind: 'goto'; readonly wide: boolean; readonly offset: number }
  | { readonly kind: 'may_goto'; readonly offset: number }
  | {
      readonly kind: 'branch';
      readonly op: BranchOp;
      readonly width: Width;
      readonly dst: Reg;
      readonly src: Operand;
      readonly offset: number;
    }
  | { readonly kind: 'call_helper'; readonly id: number }
  | { readonly kind: 'call_local'; readonly offset: number }
  | { readonly kind: 'call_kfunc'; readonly btfId: number; readonly btfFd: number }
  | { readonly kind: 'call_register'; readonly reg: Reg }
  | { readonly kind: 'exit' }
  | {
      readonly kind: 'load';
      readonly bytes: AccessBytes;
      readonly signed: boolean;
      readonly dst: Reg;
      readonly base: Reg;
      readonly off: number;
    }
  | {
      readonly kind: 'store';
      readonly bytes: AccessBytes;
      readonly base: Reg;
      readonly off: number;
      readonly src: Operand;
    }
  | {
      readonly kind: 'atomic';
      readonly op: AtomicOp;
      readonly fetch: boolean;
      readonly bytes: AccessBytes;
      readonly base: Reg;
      readonly off: number;
      readonly src: Reg;
    }
  | {
      readonly kind: 'ld_imm64';
      readonly pseudo: LdImm64Pseudo;
      readonly dst: Reg;
      readonly low: number;
      readonly high: number;
    }
  | { readonly kind: 'ld_abs'; readonly bytes: AccessBytes; readonly imm: number }
  | { readonly kind: 'ld_ind'; readonly bytes: AccessBytes; readonly src: Reg; readonly imm: number };

/** Why an instruction means nothing. `field` is the field of the encoding that is wrong. */
export interface InvalidInsn {
  readonly kind: 'invalid';
  readonly field: 'opcode' | 'dst' | 'src' | 'off' | 'imm' | 'length';
  readonly reason: string;
}

const ALU_BY_CODE = new Map(ALU_OPS.map((row) => [row.code | (row.off << 8), row.name]));
const BRANCH_BY_CODE = new Map(BRANCH_OPS.map((row) => [row.code as number, row.name]));
const BYTES_BY_CODE = new Map(SIZES.map((row) => [row.code as number, row.bytes]));
const PSEUDO_BY_CODE = new Map(LD_IMM64_PSEUDO.map((row) => [row.code as number, row.name]));

/**
 * The meaning of the instruction at `index`, or why it has none. Reserved fields that must be zero are checked as
 * Linux checks them.
 *
 * The second slot of a 64-bit immediate load has no meaning of its own and is answered as invalid: step over it.
 */
export function operationAt(insns: readonly Insn[], index: number): Operation | InvalidInsn {
  const insn = insns[index];
  if (insn === undefined) return invalid('length', `there is no instruction ${index}`);
  if (insn.dst > 10) return invalid('dst', `R${insn.dst} is invalid`);
  if (insn.opcode === OPCODE_LD_IMM64) return ldImm64(insn, insns[index + 1]);
  if (insn.src > 10) return invalid('src', `R${insn.src} is invalid`);
  switch (insn.opcode & 0x07) {
    case CLASS.ALU:
      return alu(insn, 32);
    case CLASS.ALU64:
      return alu(insn, 64);
    case CLASS.JMP:
      return jump(insn, 64);
    case CLASS.JMP32:
      return jump(insn, 32);
    case CLASS.LD:
      return legacyLoad(insn);
    case CLASS.LDX:
      return load(insn);
    case CLASS.ST:
      return store(insn);
    default:
      return storeRegister(insn);
  }
}

function invalid(field: InvalidInsn['field'], reason: string): InvalidInsn {
  return { kind: 'invalid', field, reason };
}

function badOpcode(insn: Insn): InvalidInsn {
  return invalid('opcode', `unknown opcode ${insn.opcode.toString(16).padStart(2, '0')}`);
}

function reserved(insn: Insn, ...fields: ('dst' | 'src' | 'off' | 'imm')[]): InvalidInsn | undefined {
  const field = fields.find((name) => insn[name] !== 0);
  return field && invalid(field, `uses reserved field ${field}`);
}

function operand(insn: Insn): Operand {
  return (insn.opcode & SOURCE.X) !== 0
    ? { kind: 'reg', reg: insn.src as Reg }
    : { kind: 'imm', imm: insn.imm };
}

/** The operand's unused half must be zero: src beside an immediate, imm beside a register. */
function unusedOperand(insn: Insn): InvalidInsn | undefined {
  return (insn.opcode & SOURCE.X) !== 0 ? reserved(insn, 'imm') : reserved(insn, 'src');
}

function alu(insn: Insn, width: Width): Operation | InvalidInsn {
  const code = insn.opcode & 0xf0;
  const dst = insn.dst as Reg;
  if (code === ALU_NEG) {
    if ((insn.opcode & SOURCE.X) !== 0) return badOpcode(insn);
    return reserved(insn, 'src', 'off', 'imm') ?? { kind: 'neg', width, dst };
  }
  if (code === ALU_END) return byteSwap(insn, width);
  if (code === ALU_MOV && (insn.opcode & SOURCE.X) !== 0 && insn.off !== 0) return moveExtended(insn, width);
  const op = ALU_BY_CODE.get(code | (insn.off << 8));
  if (op === undefined)
    return ALU_BY_CODE.has(code) ? invalid('off', 'uses reserved field off') : badOpcode(insn);
  return unusedOperand(insn) ?? { kind: 'alu', op, width, dst, src: operand(insn) };
}

function byteSwap(insn: Insn, width: Width): Operation | InvalidInsn {
  const bits = insn.imm;
  if (bits !== 16 && bits !== 32 && bits !== 64)
    return invalid('imm', `swaps ${bits} bits; 16, 32 and 64 are possible`);
  const big = (insn.opcode & SOURCE.X) !== 0;
  if (width === 64 && big) return badOpcode(insn);
  const to = width === 64 ? 'bswap' : big ? 'be' : 'le';
  return reserved(insn, 'src', 'off') ?? { kind: 'end', to, bits, dst: insn.dst as Reg };
}

function moveExtended(insn: Insn, width: Width): Operation | InvalidInsn {
  const dst = insn.dst as Reg;
  const src = insn.src as Reg;
  if (width === 64 && insn.off === 1) {
    return { kind: 'addr_space_cast', dst, src, toSpace: insn.imm >>> 16, fromSpace: insn.imm & 0xffff };
  }
  const bits = insn.off;
  if (bits !== 8 && bits !== 16 && !(bits === 32 && width === 64))
    return invalid('off', `sign-extends ${bits} bits`);
  return reserved(insn, 'imm') ?? { kind: 'movsx', width, bits, dst, src };
}

function jump(insn: Insn, width: Width): Operation | InvalidInsn {
  const code = insn.opcode & 0xf0;
  if (code === JMP_CALL) return call(insn, width);
  if (code === JMP_EXIT) {
    if (insn.opcode !== (CLASS.JMP | JMP_EXIT)) return badOpcode(insn);
    return reserved(insn, 'dst', 'src', 'off', 'imm') ?? { kind: 'exit' };
  }
  if (code === JMP_JA) {
    if ((insn.opcode & SOURCE.X) !== 0) return badOpcode(insn);
    if (width === 32)
      return reserved(insn, 'dst', 'src', 'off') ?? { kind: 'goto', wide: true, offset: insn.imm };
    return reserved(insn, 'dst', 'src', 'imm') ?? { kind: 'goto', wide: false, offset: insn.off };
  }
  if (code === JMP_JCOND) {
    if (insn.opcode !== (CLASS.JMP | JMP_JCOND)) return badOpcode(insn);
    return reserved(insn, 'dst', 'src', 'imm') ?? { kind: 'may_goto', offset: insn.off };
  }
  const op = BRANCH_BY_CODE.get(code);
  if (op === undefined) return badOpcode(insn);
  return (
    unusedOperand(insn) ?? {
      kind: 'branch',
      op,
      width,
      dst: insn.dst as Reg,
      src: operand(insn),
      offset: insn.off,
    }
  );
}

function call(insn: Insn, width: Width): Operation | InvalidInsn {
  if (width === 32) return badOpcode(insn);
  if ((insn.opcode & SOURCE.X) !== 0) {
    return reserved(insn, 'src', 'off', 'imm') ?? { kind: 'call_register', reg: insn.dst as Reg };
  }
  if (insn.src === CALL.KFUNC)
    return reserved(insn, 'dst') ?? { kind: 'call_kfunc', btfId: insn.imm, btfFd: insn.off };
  const unused = reserved(insn, 'dst', 'off');
  if (unused !== undefined) return unused;
  if (insn.src === CALL.LOCAL) return { kind: 'call_local', offset: insn.imm };
  if (insn.src === CALL.HELPER) return { kind: 'call_helper', id: insn.imm };
  return invalid('src', `unknown kind of call ${insn.src}`);
}

function bytesOf(insn: Insn): AccessBytes {
  return BYTES_BY_CODE.get(insn.opcode & 0x18) as AccessBytes;
}

function legacyLoad(insn: Insn): Operation | InvalidInsn {
  const mode = insn.opcode & 0xe0;
  const bytes = bytesOf(insn);
  if (bytes === 8 || (mode !== MODE.ABS && mode !== MODE.IND)) return badOpcode(insn);
  if (mode === MODE.ABS)
    return reserved(insn, 'dst', 'src', 'off') ?? { kind: 'ld_abs', bytes, imm: insn.imm };
  return reserved(insn, 'dst', 'off') ?? { kind: 'ld_ind', bytes, src: insn.src as Reg, imm: insn.imm };
}

function load(insn: Insn): Operation | InvalidInsn {
  const mode = insn.opcode & 0xe0;
  const bytes = bytesOf(insn);
  const signed = mode === MODE.MEMSX;
  if ((mode !== MODE.MEM && !signed) || (signed && bytes === 8)) return badOpcode(insn);
  return (
    reserved(insn, 'imm') ?? {
      kind: 'load',
      bytes,
      signed,
      dst: insn.dst as Reg,
      base: insn.src as Reg,
      off: insn.off,
    }
  );
}

function store(insn: Insn): Operation | InvalidInsn {
  if ((insn.opcode & 0xe0) !== MODE.MEM) return badOpcode(insn);
  const src: Operand = { kind: 'imm', imm: insn.imm };
  return (
    reserved(insn, 'src') ?? {
      kind: 'store',
      bytes: bytesOf(insn),
      base: insn.dst as Reg,
      off: insn.off,
      src,
    }
  );
}

function storeRegister(insn: Insn): Operation | InvalidInsn {
  const mode = insn.opcode & 0xe0;
  const place = { bytes: bytesOf(insn), base: insn.dst as Reg, off: insn.off };
  if (mode === MODE.MEM) {
    return reserved(insn, 'imm') ?? { kind: 'store', ...place, src: { kind: 'reg', reg: insn.src as Reg } };
  }
  if (mode !== MODE.ATOMIC) return badOpcode(insn);
  return atomic(insn);
}

function atomic(insn: Insn): Operation | InvalidInsn {
  const row = ATOMIC_OPS.find(
    ({ code, fetch }) => insn.imm === code || (fetch === 'optional' && insn.imm === (code | ATOMIC_FETCH)),
  );
  if (row === undefined) return invalid('imm', `unknown atomic operation ${insn.imm.toString(16)}`);
  const bytes = bytesOf(insn);
  const anySize = row.name === 'load_acquire' || row.name === 'store_release';
  if (bytes < 4 && !anySize)
    return invalid('opcode', `an atomic ${row.name} of ${bytes} bytes; 4 and 8 are possible`);
  // A load-acquire names its base in src and its destination in dst, all others the other way round.
  const [base, src] = row.name === 'load_acquire' ? [insn.src, insn.dst] : [insn.dst, insn.src];
  const fetch = row.fetch === 'always' || (row.fetch === 'optional' && (insn.imm & ATOMIC_FETCH) !== 0);
  return { kind: 'atomic', op: row.name, fetch, bytes, base: base as Reg, off: insn.off, src: src as Reg };
}

function ldImm64(insn: Insn, next: Insn | undefined): Operation | InvalidInsn {
  const pseudo = PSEUDO_BY_CODE.get(insn.src);
  if (pseudo === undefined) return invalid('src', `unknown kind of 64-bit immediate ${insn.src}`);
  if (insn.off !== 0) return invalid('off', 'uses reserved field off');
  if (next === undefined) return invalid('length', 'the second half of the 64-bit immediate is missing');
  if (next.opcode !== 0 || next.dst !== 0 || next.src !== 0 || next.off !== 0) {
    return invalid('length', 'the second half of the 64-bit immediate is malformed');
  }
  return { kind: 'ld_imm64', pseudo, dst: insn.dst as Reg, low: insn.imm, high: next.imm };
}
