import type { Operation } from '../../isa/index.js';
import { type Shape, subprogramAt } from '../control-flow/shape.js';
import * as L from '../state/layout.js';
import type { StateMemory } from '../state/state-memory.js';

/** BPF_FUNC_tail_call */
const TAIL_CALL = 12;

/** Tells the domain what it has to know of each instruction of a program. */
export function fillTable(memory: StateMemory, shape: Shape): void {
  const table = memory.ops.newTable(shape.insns.length);
  for (const [index, operation] of shape.operations.entries()) {
    if (operation === undefined) continue;
    const at = table + index * L.INSN_SIZE;
    const [dst, src] = registersOf(operation);
    memory.setByte(at + L.INSN_KIND, kindOf(shape, index, operation));
    memory.setByte(at + L.INSN_DST, dst);
    memory.setByte(at + L.INSN_SRC, src);
    memory.setByte(at + L.INSN_CALLS_BACK, shape.callsCallback[index] as number);
  }
}

function kindOf(shape: Shape, index: number, operation: Operation): number {
  switch (operation.kind) {
    case 'alu':
      return operation.op === 'mov' ? L.KIND_MOV : L.KIND_ALU;
    case 'movsx':
      return L.KIND_MOVSX;
    case 'load':
      return L.KIND_LOAD;
    case 'store':
      return L.KIND_STORE;
    case 'atomic':
      return operation.op === 'load_acquire' ? L.KIND_LOAD_ACQUIRE : L.KIND_STORE;
    case 'ld_imm64':
      return L.KIND_LD_IMM64;
    case 'ld_abs':
    case 'ld_ind':
      return L.KIND_LEGACY_LOAD;
    case 'branch':
      return L.KIND_BRANCH;
    case 'call_helper':
      return operation.id === TAIL_CALL ? L.KIND_TAIL_CALL : L.KIND_CALL;
    case 'call_kfunc':
      return L.KIND_CALL;
    case 'call_local': {
      const callee = subprogramAt(shape, index + 1 + operation.offset);
      return callee?.global === true ? L.KIND_CALL_GLOBAL : L.KIND_CALL_STATIC;
    }
    case 'exit':
      return L.KIND_EXIT;
    default:
      return L.KIND_OTHER;
  }
}

/** The registers that an operation names: where it writes to, or the base of a store, and what it reads. */
function registersOf(operation: Operation): readonly [dst: number, src: number] {
  switch (operation.kind) {
    case 'alu':
    case 'branch':
      return [operation.dst, operation.src.kind === 'reg' ? operation.src.reg : L.NO_REG];
    case 'movsx':
      return [operation.dst, operation.src];
    case 'load':
    case 'ld_imm64':
      return [operation.dst, L.NO_REG];
    case 'store':
      return [operation.base, operation.src.kind === 'reg' ? operation.src.reg : L.NO_REG];
    case 'atomic':
      return [operation.base, operation.src];
    default:
      return [0, L.NO_REG];
  }
}
