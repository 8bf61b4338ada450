import type { MapFacts } from '../../maps/map-type.js';
import type { HelperBinding } from '../abi.js';
import { FRAME_BYTES, MAX_FRAMES, MAY_GOTO_LIMIT, type Machine } from './machine.js';
import type { RuntimeFunction } from './options.js';

/** Programs that may follow each other by tail calls. Linux: MAX_TAIL_CALL_CNT. */
const MAX_TAIL_CALLS = 33;

/** Registers of a caller that a call does not change. */
const KEPT = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Registers that a callee finds at 0. */
const CLEARED = [0, 6, 7, 8, 9];

/**
 * Enters a function of the same program with a stack frame of its own. Returns its first instruction.
 *
 * Verified code can tell neither that r1–r5 come back from a call nor that the registers without an argument start
 * at 0; it is so that unverified code does the same here as when compiled.
 */
export function callLocal(machine: Machine, target: number): number {
  if (machine.callers.length + 1 >= MAX_FRAMES)
    throw machine.fail('EXEC_STACK', `calls are nested more than ${MAX_FRAMES} functions deep`, {
      limit: MAX_FRAMES,
    });
  machine.callers.push({
    executable: machine.executable,
    returnTo: machine.pc + 1,
    saved: KEPT.map((register) => machine.get(register)),
    loopsLeft: machine.loopsLeft,
  });
  machine.loopsLeft = MAY_GOTO_LIMIT;
  machine.set(10, machine.get(10) - BigInt(FRAME_BYTES));
  for (const register of CLEARED) machine.set(register, 0n);
  return target;
}

/** Ends a function. Returns where its caller goes on, `done` when there is none. */
export function leave(machine: Machine, done: number): number {
  const caller = machine.callers.pop();
  if (caller === undefined) return done;
  machine.executable = caller.executable;
  machine.loopsLeft = caller.loopsLeft;
  KEPT.forEach((register, index) => {
    machine.set(register, caller.saved[index] as bigint);
  });
  return caller.returnTo;
}

/** Calls a helper and returns the next instruction, which after a tail call is the new program's first. */
export function callHelper(machine: Machine, id: number): number {
  const binding = machine.executable.helper(id, mapArgument(machine));
  if (binding === undefined) throw machine.fail('EXEC_CALL', `there is no helper ${id}`, { helper: id });
  switch (binding.kind) {
    case 'tail_call':
      return tailCall(machine);
    case 'host': {
      const args = [1, 2, 3, 4, 5].slice(0, binding.args).map((register) => machine.get(register));
      return callHost(machine, binding.name, args);
    }
    case 'runtime':
      machine.set(0, callRuntime(machine, binding));
      return machine.pc + 1;
    default:
      return binding satisfies never;
  }
}

/** `callx`: only a sandbox can allow it. */
export function callRegister(machine: Machine, register: number): number {
  const binding = machine.executable.callByNumber;
  if (binding === undefined)
    throw machine.fail('EXEC_CALL', 'a call through a register is refused, as Linux refuses it');
  return callHost(
    machine,
    binding.name,
    [register, 1, 2, 3, 4, 5].map((argument) => machine.get(argument)),
  );
}

/** The map that a call is about: it is the first argument of almost all helpers, else the second. */
function mapArgument(machine: Machine): MapFacts | undefined {
  const { maps } = machine.executable;
  const at = (register: number) => maps.find(({ address }) => BigInt(address) === machine.get(register));
  return (at(1) ?? at(2))?.facts;
}

function callHost(machine: Machine, name: string, args: readonly bigint[]): number {
  const helper = machine.options.host?.[name];
  if (helper === undefined) throw absent(machine, name);
  machine.set(
    0,
    belowFrames(machine, () => helper(...args)),
  );
  return machine.pc + 1;
}

/** Runs a helper with the stack pointer below the frame of its caller. */
function belowFrames<T>(machine: Machine, helper: () => T): T {
  const { stackPointer } = machine.options;
  if (stackPointer === undefined) return helper();
  const before = stackPointer.value;
  stackPointer.value = Number(machine.get(10)) - FRAME_BYTES;
  try {
    return helper();
  } finally {
    stackPointer.value = before;
  }
}

function absent(machine: Machine, name: string) {
  return machine.fail('EXEC_CALL', `the helper ${name} is not there`, { name });
}

function callRuntime(
  machine: Machine,
  binding: Extract<HelperBinding, { readonly kind: 'runtime' }>,
): bigint {
  const callee = machine.options.runtime?.[binding.name];
  if (typeof callee !== 'function') throw absent(machine, binding.name);
  const registers = [1, 2, 3, 4, 5].map((register) => machine.get(register));
  return belowFrames(machine, () => invokeRuntime(binding, callee as RuntimeFunction, registers));
}

/** Calls a function of the runtime with what r1–r5 hold, and gives what r0 becomes; both unsigned. */
export function invokeRuntime(
  binding: Extract<HelperBinding, { readonly kind: 'runtime' }>,
  callee: RuntimeFunction,
  registers: readonly bigint[],
): bigint {
  const args = binding.params.map((type, index) => {
    const register = registers[index] ?? 0n;
    return type === 'i32' ? Number(BigInt.asIntN(32, register)) : BigInt.asIntN(64, register);
  });
  const result = callee(...args);
  if (binding.result === 'void') return 0n;
  const bits = binding.result === 'i32' ? 32 : 64;
  return binding.signed === true
    ? BigInt.asUintN(64, BigInt.asIntN(bits, BigInt(result ?? 0)))
    : BigInt.asUintN(bits, BigInt(result ?? 0));
}

/** A tail call that fails goes on with the next instruction and leaves r0 alone, as Linux's JIT does. */
function tailCall(machine: Machine): number {
  const index = Number(BigInt.asUintN(32, machine.get(3)));
  if (machine.tailCalls >= MAX_TAIL_CALLS) return machine.pc + 1;
  const target = machine.options.tailCall?.(machine.get(1), machine.get(2), index);
  if (target === undefined) return machine.pc + 1;
  machine.tailCalls++;
  machine.executable = target;
  machine.loopsLeft = MAY_GOTO_LIMIT;
  return target.functions[0] ?? 0;
}
