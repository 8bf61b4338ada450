import type { Insn } from '../insn.js';
import {
  ALU_END,
  ALU_MOV,
  ALU_NEG,
  ALU_OPS,
  ATOMIC_FETCH,
  ATOMIC_OPS,
  BRANCH_OPS,
  CALL,
  CLASS,
  JMP_CALL,
  JMP_EXIT,
  JMP_JA,
  JMP_JCOND,
  LD_IMM64_PSEUDO,
  MODE,
  OPCODE_LD_IMM64,
  SIZES,
  SOURCE,
} from '../opcodes.js';
import type { Operand, Operation } from '../operation.js';

/**
 * The slots that mean an operation: the inverse of `operationAt`. Two for a 64-bit immediate load, else one.
 * Numbers must fit their fields; `assemble` checks that for text.
 */
export function encodeOperation(operation: Operation): Insn[] {
  if (operation.kind === 'ld_imm64') {
    const src = rowOf(LD_IMM64_PSEUDO, operation.pseudo).code;
    return [slot(OPCODE_LD_IMM64, operation.dst, src, 0, operation.low), slot(0, 0, 0, 0, operation.high)];
  }
  return [oneSlot(operation)];
}

type OneSlot = Exclude<Operation, { readonly kind: 'ld_imm64' }>;

function oneSlot(operation: OneSlot): Insn {
  switch (operation.kind) {
    case 'alu':
    case 'movsx':
    case 'neg':
    case 'end':
    case 'addr_space_cast':
      return arithmetic(operation);
    case 'goto':
      return operation.wide
        ? slot(CLASS.JMP32 | JMP_JA, 0, 0, 0, operation.offset)
        : slot(CLASS.JMP | JMP_JA, 0, 0, operation.offset, 0);
    case 'may_goto':
      return slot(CLASS.JMP | JMP_JCOND, 0, 0, operation.offset, 0);
    case 'branch': {
      const code = rowOf(BRANCH_OPS, operation.op).code | (operation.width === 32 ? CLASS.JMP32 : CLASS.JMP);
      return withOperand(code, operation.dst, operation.src, operation.offset);
    }
    case 'call_helper':
      return slot(CLASS.JMP | JMP_CALL, 0, CALL.HELPER, 0, operation.id);
    case 'call_local':
      return slot(CLASS.JMP | JMP_CALL, 0, CALL.LOCAL, 0, operation.offset);
    case 'call_kfunc':
      return slot(CLASS.JMP | JMP_CALL, 0, CALL.KFUNC, operation.btfFd, operation.btfId);
    case 'call_register':
      return slot(CLASS.JMP | JMP_CALL | SOURCE.X, operation.reg, 0, 0, 0);
    case 'exit':
      return slot(CLASS.JMP | JMP_EXIT, 0, 0, 0, 0);
    default:
      return memory(operation);
  }
}

type Arithmetic = Extract<OneSlot, { readonly kind: 'alu' | 'movsx' | 'neg' | 'end' | 'addr_space_cast' }>;

function arithmetic(operation: Arithmetic): Insn {
  switch (operation.kind) {
    case 'alu': {
      const row = rowOf(ALU_OPS, operation.op);
      return withOperand(row.code | classOf(operation.width), operation.dst, operation.src, row.off);
    }
    case 'movsx':
      return slot(
        classOf(operation.width) | ALU_MOV | SOURCE.X,
        operation.dst,
        operation.src,
        operation.bits,
        0,
      );
    case 'neg':
      return slot(classOf(operation.width) | ALU_NEG, operation.dst, 0, 0, 0);
    case 'end': {
      const opcode =
        operation.to === 'bswap' ? CLASS.ALU64 : CLASS.ALU | (operation.to === 'be' ? SOURCE.X : SOURCE.K);
      return slot(opcode | ALU_END, operation.dst, 0, 0, operation.bits);
    }
    case 'addr_space_cast': {
      const spaces = (operation.toSpace << 16) | operation.fromSpace;
      return slot(CLASS.ALU64 | ALU_MOV | SOURCE.X, operation.dst, operation.src, 1, spaces);
    }
    default:
      return operation satisfies never;
  }
}

type Memory = Extract<OneSlot, { readonly kind: 'load' | 'store' | 'atomic' | 'ld_abs' | 'ld_ind' }>;

function memory(operation: Memory): Insn {
  const size = SIZES.find((row) => row.bytes === operation.bytes)?.code ?? 0;
  switch (operation.kind) {
    case 'load': {
      const mode = operation.signed ? MODE.MEMSX : MODE.MEM;
      return slot(CLASS.LDX | mode | size, operation.dst, operation.base, operation.off, 0);
    }
    case 'store': {
      const { base, off, src } = operation;
      return src.kind === 'reg'
        ? slot(CLASS.STX | MODE.MEM | size, base, src.reg, off, 0)
        : slot(CLASS.ST | MODE.MEM | size, base, 0, off, src.imm);
    }
    case 'atomic': {
      const row = rowOf(ATOMIC_OPS, operation.op);
      const imm = row.code | (row.fetch === 'optional' && operation.fetch ? ATOMIC_FETCH : 0);
      // A load-acquire has its base in src, as other loads have.
      const [dst, src] =
        operation.op === 'load_acquire' ? [operation.src, operation.base] : [operation.base, operation.src];
      return slot(CLASS.STX | MODE.ATOMIC | size, dst, src, operation.off, imm);
    }
    case 'ld_abs':
      return slot(CLASS.LD | MODE.ABS | size, 0, 0, 0, operation.imm);
    case 'ld_ind':
      return slot(CLASS.LD | MODE.IND | size, 0, operation.src, 0, operation.imm);
    default:
      return operation satisfies never;
  }
}

function slot(opcode: number, dst: number, src: number, off: number, imm: number): Insn {
  return { opcode, dst, src, off, imm };
}

function withOperand(code: number, dst: number, operand: Operand, off: number): Insn {
  return operand.kind === 'reg'
    ? slot(code | SOURCE.X, dst, operand.reg, off, 0)
    : slot(code | SOURCE.K, dst, 0, off, operand.imm);
}

function classOf(width: 32 | 64): number {
  return width === 32 ? CLASS.ALU : CLASS.ALU64;
}

function rowOf<Row extends { readonly name: string }>(rows: readonly Row[], name: Row['name']): Row {
  return rows.find((row) => row.name === name) as Row;
}
