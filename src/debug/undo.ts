import type { Executable } from '../engine/abi.js';
import { advance, type Caller, type Machine } from '../engine/interp/index.js';
import type { InsnIndex } from '../isa/index.js';
import { MemoryShadow } from './shadow.js';

/** Bytes of the engine's memory as they were before. */
export interface MemoryChange {
  readonly address: number;
  readonly before: Uint8Array;
}

/** What one executed instruction changed, and where it stood. */
export interface Step {
  readonly pc: InsnIndex;
  readonly executable: Executable;
  /** Functions that waited for the one that ran. */
  readonly depth: number;
  /** Register and its old value, one pair after the other. */
  readonly registers: readonly (readonly [register: number, before: bigint])[];
  readonly memory: readonly MemoryChange[];
  /** Set when a function was entered or left. */
  readonly callers?: readonly Caller[];
  readonly loopsLeft: number;
  readonly tailCalls: number;
}

/** Steps that are remembered; of more, the oldest are forgotten. */
const LIMIT = 1_000_000;

/**
 * Executes a machine's instructions one by one and remembers what each changed, to undo it. What helpers change is
 * found by comparing the memory with a copy.
 */
export class UndoLog {
  readonly machine: Machine;
  readonly steps: Step[] = [];
  /** Steps that are forgotten. */
  forgotten = 0;
  readonly #shadow: MemoryShadow;
  readonly #before = new BigUint64Array(11);
  #written: MemoryChange[] = [];

  /** @param makeMachine a machine whose writes are told to `onWrite`. */
  constructor(
    memory: WebAssembly.Memory,
    makeMachine: (onWrite: (address: number, bytes: number) => void) => Machine,
  ) {
    this.#shadow = new MemoryShadow(memory);
    this.machine = makeMachine((address, bytes) => {
      this.#written.push({ address, before: this.#shadow.read(address, bytes) });
    });
  }

  /** Executes one instruction. What throws has changed nothing. */
  forward(): Step {
    const { machine } = this;
    const { pc, executable, loopsLeft, tailCalls } = machine;
    const callers = [...machine.callers];
    const calls = machine.operation().kind.startsWith('call_');
    this.#before.set(machine.registers);
    this.#written = [];
    let failure: unknown;
    try {
      advance(machine);
    } catch (error) {
      failure = error;
    }
    const memory = calls ? this.#shadow.changes() : this.#written;
    if (!calls) for (const { address, before } of memory) this.#shadow.update(address, before.length);
    const registers: [number, bigint][] = [];
    for (let register = 0; register < 11; register++) {
      const before = this.#before[register] as bigint;
      if (machine.registers[register] !== before) registers.push([register, before]);
    }
    const moved = machine.callers.length !== callers.length;
    const step = { pc, executable, depth: callers.length, registers, memory, loopsLeft, tailCalls };
    this.steps.push(moved ? { ...step, callers } : step);
    if (failure !== undefined) {
      this.back();
      throw failure;
    }
    if (this.steps.length > LIMIT) this.forgotten += this.steps.splice(0, LIMIT / 4).length;
    return step;
  }

  /** What somebody else wrote since the last instruction is not to be undone. */
  forgetWrites(): void {
    this.#shadow.changes();
  }

  /** Undoes one instruction; undefined at the beginning. */
  back(): Step | undefined {
    const step = this.steps.pop();
    if (step === undefined) return undefined;
    const { machine } = this;
    for (const [register, before] of step.registers) machine.set(register, before);
    for (const { address, before } of step.memory.toReversed()) this.#shadow.restore(address, before);
    if (step.callers !== undefined) machine.callers.splice(0, machine.callers.length, ...step.callers);
    machine.pc = step.pc;
    machine.executable = step.executable;
    machine.loopsLeft = step.loopsLeft;
    machine.tailCalls = step.tailCalls;
    machine.budget++;
    return step;
  }
}
