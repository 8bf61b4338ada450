import { SkepError } from '../../errors/base.js';
import { formatInsn } from '../../isa/disasm/index.js';
import {
  type AccessBytes,
  type InsnIndex,
  type InvalidInsn,
  type Operation,
  operationAt,
} from '../../isa/index.js';
import { COUNTERS, type Executable } from '../abi.js';
import { AddressSpace } from './memory.js';
import type { InterpreterOptions } from './options.js';

/** Bytes of one function's stack. */
export const FRAME_BYTES = 512;
/** Functions that may be active at once, the main one counted. Linux: MAX_CALL_FRAMES. */
export const MAX_FRAMES = 8;
/** How often a `may_goto` of one frame lets the program go on before it jumps. Linux: BPF_MAX_LOOPS. */
export const MAY_GOTO_LIMIT = 8 * 1024 * 1024;

/** The `pc` of a machine whose main function has ended. */
export const DONE = -1;

/** A caller that waits for its callee: where to go on, and what a call must not change. */
export interface Caller {
  readonly executable: Executable;
  readonly returnTo: InsnIndex;
  /** r1 to r10. */
  readonly saved: readonly bigint[];
  readonly loopsLeft: number;
}

/** Everything that changes while a program runs. */
export class Machine {
  readonly options: InterpreterOptions;
  readonly space: AddressSpace;
  /** r0 to r10, unsigned. */
  readonly registers = new BigUint64Array(11);
  readonly callers: Caller[] = [];
  executable: Executable;
  /** The instruction being executed, `DONE` after the last. */
  pc: InsnIndex;
  budget: number;
  loopsLeft = MAY_GOTO_LIMIT;
  tailCalls = 0;
  readonly #decoded = new Map<Executable, (Operation | InvalidInsn)[]>();

  constructor(executable: Executable, options: InterpreterOptions) {
    this.executable = executable;
    this.pc = options.entry?.start ?? executable.functions[0] ?? 0;
    this.options = options;
    this.space = new AddressSpace(options.memory);
    this.budget = options.budget;
    this.registers[1] = BigInt.asUintN(64, options.r1);
    this.registers[2] = BigInt.asUintN(64, options.r2 ?? 0n);
    this.registers[10] = BigInt(options.stackTop);
    options.entry?.args.forEach((argument, index) => {
      this.registers[index + 1] = BigInt.asUintN(64, argument);
    });
  }

  get done(): boolean {
    return this.pc === DONE;
  }

  get(register: number): bigint {
    return this.registers[register] as bigint;
  }

  set(register: number, value: bigint): void {
    this.registers[register] = value;
  }

  /** The meaning of the instruction at `pc`, decoded once. */
  operation(): Operation | InvalidInsn {
    let decoded = this.#decoded.get(this.executable);
    if (decoded === undefined) {
      decoded = [];
      this.#decoded.set(this.executable, decoded);
    }
    decoded[this.pc] ??= operationAt(this.executable.insns, this.pc);
    return decoded[this.pc] as Operation | InvalidInsn;
  }

  /** An error at the instruction being executed: names its index and its text. */
  fail(code: string, what: string, facts: Readonly<Record<string, unknown>> = {}, hint?: string): SkepError {
    const insn = this.executable.insns[this.pc];
    const text = insn === undefined ? '' : formatInsn(this.executable.insns, this.pc, { opcode: true });
    const where = insn === undefined ? `at ${this.pc}` : `at instruction ${this.pc}: ${text}`;
    return new SkepError(code, `${what}, ${where}`, {
      facts: { insn: this.pc, disasm: text, ...facts },
      ...(hint === undefined ? {} : { hint }),
    });
  }

  /** Counts for the instruction being executed, when the program counts. */
  count(what: 'executed' | 'taken'): void {
    const { counters } = this.executable;
    if (counters === undefined) return;
    const at = BigInt(counters.address + this.pc * COUNTERS.stride + COUNTERS[what]);
    this.#check(at, 8, true);
    this.space.write(at, 8, this.space.read(at, 8) + 1n);
  }

  read(address: bigint, bytes: AccessBytes): bigint {
    this.#check(address, bytes, false);
    return this.space.read(address, bytes);
  }

  write(address: bigint, bytes: AccessBytes, value: bigint): void {
    this.#check(address, bytes, true);
    this.options.onWrite?.(Number(address), bytes);
    this.space.write(address, bytes, value);
  }

  #check(address: bigint, bytes: number, write: boolean): void {
    const refusal = this.space.refusal(address, bytes, write);
    if (refusal === undefined) return;
    const hex = `0x${address.toString(16)}`;
    const verb = write ? 'written' : 'read';
    throw this.fail('EXEC_ADDRESS', `${bytes} bytes at ${hex} cannot be ${verb}: the address ${refusal}`, {
      address: hex,
      bytes,
      write,
    });
  }
}
