import type { Operand, Operation } from '../../isa/index.js';
import type { Executable } from '../abi.js';
import { alu, convertEndian, isTaken, signExtend } from './alu.js';
import { atomic } from './atomic.js';
import { callHelper, callLocal, callRegister, leave } from './call.js';
import { DONE, Machine } from './machine.js';
import type { InterpreterOptions } from './options.js';
import { loadFromPacket } from './packet.js';

/**
 * Runs a program in the reference interpreter: slow, obvious, and complete for the whole instruction set.
 *
 * Addresses count with all their 64 bits and every access is checked, in verified programs too: a bad access of
 * one means a bug in the verifier and must not be hidden. Reads below 64 KiB give zero.
 *
 * @returns r0, unsigned 64 bits.
 * @throws {SkepError} `EXEC_BUDGET`, `EXEC_ADDRESS`, `EXEC_STACK` (more than 8 functions deep), `EXEC_CALL` (a helper
 * or a kind of call that there is not), `EXEC_INSN` (an instruction without a meaning), `EXEC_JUMP` (execution left
 * the program). `facts.insn` is the instruction's index, `facts.disasm` its text.
 */
export function interpret(executable: Executable, options: InterpreterOptions): bigint {
  const machine = new Machine(executable, options);
  const { onStep } = options;
  while (!machine.done) {
    onStep?.(machine.pc, machine.registers, machine.callers.length);
    advance(machine);
  }
  return machine.get(0);
}

/** Executes one instruction: what a debugger does by hand. @throws {SkepError} as `interpret` */
export function advance(machine: Machine): void {
  if (machine.budget <= 0) {
    const { budget } = machine.options;
    throw machine.fail('EXEC_BUDGET', `the budget of ${budget} instructions is used up`, { budget });
  }
  if (machine.pc < 0 || machine.pc >= machine.executable.insns.length)
    throw machine.fail('EXEC_JUMP', 'execution left the program');
  machine.budget--;
  machine.count('executed');
  machine.pc = step(machine);
}

/** Executes one instruction and returns the index of the next. */
function step(machine: Machine): number {
  const operation = machine.operation();
  const next = machine.pc + 1;
  switch (operation.kind) {
    case 'goto':
      return next + operation.offset;
    case 'may_goto':
    case 'branch':
      if (!jumps(machine, operation)) return next;
      machine.count('taken');
      return next + operation.offset;
    case 'ld_imm64':
      machine.set(operation.dst, imm64(machine, operation));
      return next + 1;
    case 'exit':
      return leave(machine, DONE);
    case 'call_local':
      return callLocal(machine, next + operation.offset);
    case 'call_helper':
      return callHelper(machine, operation.id);
    case 'call_register':
      return callRegister(machine, operation.reg);
    case 'call_kfunc':
      throw machine.fail('EXEC_CALL', `there is no kernel function with BTF id ${operation.btfId}`);
    case 'ld_abs':
    case 'ld_ind':
      return loadFromPacket(machine, operation) ? next : leave(machine, DONE);
    case 'invalid':
      throw machine.fail('EXEC_INSN', `the instruction has no meaning: ${operation.reason}`, {
        field: operation.field,
      });
    default:
      compute(machine, operation);
      return next;
  }
}

function jumps(
  machine: Machine,
  operation: Extract<Operation, { readonly kind: 'branch' | 'may_goto' }>,
): boolean {
  if (operation.kind === 'may_goto') return machine.loopsLeft-- <= 0;
  const { op, width, dst, src } = operation;
  return isTaken(op, width, machine.get(dst), value(machine, src));
}

type Straight = Extract<
  Operation,
  { readonly kind: 'alu' | 'movsx' | 'neg' | 'end' | 'addr_space_cast' | 'load' | 'store' | 'atomic' }
>;

/** Everything that always goes on with the next instruction. */
function compute(machine: Machine, operation: Straight): void {
  switch (operation.kind) {
    case 'alu': {
      const { op, width, dst } = operation;
      machine.set(dst, alu(op, width, machine.get(dst), value(machine, operation.src)));
      return;
    }
    case 'movsx':
      machine.set(operation.dst, signExtend(operation.bits, operation.width, machine.get(operation.src)));
      return;
    case 'neg':
      machine.set(operation.dst, alu('sub', operation.width, 0n, machine.get(operation.dst)));
      return;
    case 'end':
      machine.set(operation.dst, convertEndian(operation.to, operation.bits, machine.get(operation.dst)));
      return;
    case 'addr_space_cast':
      // All address spaces of the engine are one memory of 32-bit addresses.
      machine.set(operation.dst, BigInt.asUintN(32, machine.get(operation.src)));
      return;
    case 'load': {
      const loaded = machine.read(address(machine, operation), operation.bytes);
      machine.set(operation.dst, operation.signed ? signExtend(operation.bytes * 8, 64, loaded) : loaded);
      return;
    }
    case 'store':
      machine.write(address(machine, operation), operation.bytes, value(machine, operation.src));
      return;
    case 'atomic':
      atomic(machine, operation, address(machine, operation));
      return;
    default:
      operation satisfies never;
  }
}

function value(machine: Machine, operand: Operand): bigint {
  return operand.kind === 'reg' ? machine.get(operand.reg) : BigInt.asUintN(64, BigInt(operand.imm));
}

function address(machine: Machine, place: { readonly base: number; readonly off: number }): bigint {
  return BigInt.asUintN(64, machine.get(place.base) + BigInt(place.off));
}

function imm64(machine: Machine, operation: Extract<Operation, { readonly kind: 'ld_imm64' }>): bigint {
  const { pseudo, low, high } = operation;
  switch (pseudo) {
    case 'imm':
      return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    case 'map_idx':
    case 'map_idx_value': {
      const map = machine.executable.maps[low];
      if (map === undefined) throw machine.fail('EXEC_INSN', `there is no map ${low}`, { map: low });
      return pseudo === 'map_idx' ? BigInt(map.address) : BigInt(map.valueAddress + (high >>> 0));
    }
    case 'func': {
      const start = machine.pc + 1 + low;
      return BigInt(machine.options.callback?.(machine.executable, start) ?? start);
    }
    case 'map_fd':
    case 'map_value':
    case 'btf_id':
      throw machine.fail('EXEC_INSN', `the 64-bit immediate is an unresolved ${pseudo}`, { pseudo });
    default:
      return pseudo satisfies never;
  }
}
