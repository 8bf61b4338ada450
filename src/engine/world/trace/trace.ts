import { ERRNO, KernelError } from '../../../errors/errno.js';
import { type EngineMemory, errnoName } from '../../memory.js';
import { CPU_AREA_SIZE, CPU_AREAS, CPU_PID_TGID } from '../../runtime/layout.js';
import type { KernelObjects } from '../kernel/objects.js';
import type { AttachedProgram, HookPoints } from '../points.js';
import { functionAddress, securityFunction } from './functions.js';
import { type RecordValues, writeRecord } from './record.js';
import { PT_REGS } from './registers.js';

/** What a tracepoint tells: the members of its record by name, and the arguments of raw programs. */
export interface TraceEvent {
  readonly record: RecordValues;
  readonly args: () => readonly bigint[];
}

type Args = () => readonly bigint[];
type Trampoline = 'trace_fentry' | 'trace_fexit' | 'modify_return';

/** What a program on a function may ask about the call that it runs for. */
export interface TracedCall {
  readonly function: string;
  readonly args: readonly bigint[];
  readonly result: bigint | undefined;
}

const COMMON_PID = 4;

/**
 * Runs programs at tracepoints, at functions of the kernel (kprobe, fentry, fexit, fmod_ret) and at the hooks of its
 * security modules. What nothing is attached to costs a look into a table, and its arguments are never made.
 */
export class Trace {
  readonly memory: EngineMemory;
  readonly objects: KernelObjects;
  readonly #points: HookPoints;
  #call: TracedCall | undefined;

  constructor(memory: EngineMemory, points: HookPoints, objects: KernelObjects) {
    this.memory = memory;
    this.objects = objects;
    this.#points = points;
  }

  /** The call that a program runs for now. */
  get current(): TracedCall | undefined {
    return this.#call;
  }

  /** A tracepoint is passed: its own programs with a record, raw ones and tp_btf with its arguments. */
  tracepoint(name: string, make: () => TraceEvent): void {
    const points = this.#points;
    const formatted = points.at({ kind: 'tracepoint', name });
    const raw = points.at({ kind: 'raw_tracepoint', name });
    const typed = points.at({ kind: 'tracing', attachType: 'trace_raw_tp', function: name });
    if (formatted.length + raw.length + typed.length === 0) return;
    const event = make();
    if (formatted.length > 0) this.#record(name, event.record, formatted);
    if (raw.length + typed.length === 0) return;
    const args = event.args();
    this.#arguments([...typed, ...raw], { function: name, args, result: undefined });
  }

  #record(name: string, values: RecordValues, programs: readonly AttachedProgram[]): void {
    const bytes = writeRecord(name, values);
    using block = this.objects.lend(Math.max(bytes.length + 8, 64));
    this.memory.write(block.address, bytes);
    const area = CPU_AREAS + this.memory.cpu * CPU_AREA_SIZE;
    this.memory.setU32(block.address + COMMON_PID, this.memory.u32(area + CPU_PID_TGID));
    for (const program of programs) this.#points.run(program, block.address);
  }

  /**
   * A function of the kernel is called: kprobe and fentry programs run before it, fexit and kretprobe after it. What an
   * fmod_ret program returns, unless it is 0, takes the place of the call.
   * @throws {KernelError} what the function throws, or what fmod_ret programs make of it
   */
  call(name: string, args: Args, body: () => number): number {
    const points = this.#points;
    const probes = points.at({ kind: 'kprobe', function: name });
    const returns = points.at({ kind: 'kprobe', function: name, returns: true });
    const at = (attachType: Trampoline) => points.at({ kind: 'tracing', attachType, function: name });
    const [entry, modify, exit] = [at('trace_fentry'), at('modify_return'), at('trace_fexit')];
    if (probes.length + returns.length + entry.length + modify.length + exit.length === 0) return body();
    const call: TracedCall = { function: name, args: args(), result: undefined };
    this.#registers(probes, call);
    this.#arguments(entry, call);
    const outcome = this.#modified(modify, call) ?? attempt(body);
    const after = { ...call, result: BigInt.asUintN(64, BigInt(outcome.value)) };
    if (exit.length > 0 || returns.length > 0) {
      // Arguments point to what the call may have changed.
      if (exit.length > 0) args();
      this.#arguments(exit, after);
      this.#registers(returns, after);
    }
    if (outcome.error !== undefined) throw outcome.error;
    return outcome.value;
  }

  /**
   * Asks the programs of a security hook, and those on the function that asks.
   * @returns 0, or a negated errno
   */
  refusal(hook: string, args: Args): number {
    return this.call(securityFunction(hook), args, () => {
      const programs = this.#points.at({ kind: 'tracing', attachType: 'lsm_mac', function: hook });
      if (programs.length === 0) return 0;
      const call = { function: hook, args: args(), result: 0n };
      for (const program of programs) {
        const result = this.#withArguments(call, (ctx) => this.#points.verdict(program, ctx));
        if (result !== 0) return result;
      }
      return 0;
    });
  }

  /** As `refusal`. @throws {KernelError} what a program refuses with */
  ask(hook: string, args: Args): void {
    const refused = this.refusal(hook, args);
    if (refused < 0)
      throw new KernelError(errnoName(refused), `${hook} is refused by an LSM program`, { facts: { hook } });
  }

  #modified(programs: readonly AttachedProgram[], call: TracedCall): Outcome | undefined {
    for (const program of programs) {
      const result = this.#withArguments({ ...call, result: 0n }, (ctx) =>
        this.#points.verdict(program, ctx),
      );
      if (result === 0) continue;
      const error = new KernelError(
        errnoName(result),
        `${call.function} is replaced by an fmod_ret program`,
        {
          facts: { function: call.function, result },
        },
      );
      return { value: result, error: result < 0 ? error : undefined };
    }
    return undefined;
  }

  #arguments(programs: readonly AttachedProgram[], call: TracedCall): void {
    for (const program of programs) this.#withArguments(call, (ctx) => this.#points.run(program, ctx));
  }

  /** Eight bytes for each argument, and the result behind them. */
  #withArguments<T>(call: TracedCall, action: (ctx: number) => T): T {
    const outer = this.#call;
    using block = this.objects.lend(8 * (call.args.length + 8));
    call.args.forEach((arg, index) => {
      this.memory.view.setBigUint64(block.address + 8 * index, BigInt.asUintN(64, arg), true);
    });
    this.memory.view.setBigUint64(block.address + 8 * call.args.length, call.result ?? 0n, true);
    this.#call = call;
    try {
      return action(block.address);
    } finally {
      this.#call = outer;
    }
  }

  /** `struct pt_regs` as they are at the function's first instruction, or behind its last. */
  #registers(programs: readonly AttachedProgram[], call: TracedCall): void {
    if (programs.length === 0) return;
    const outer = this.#call;
    using regs = this.objects.lend(PT_REGS.size);
    const set = (offset: number, value: bigint) =>
      this.memory.view.setBigUint64(regs.address + offset, BigInt.asUintN(64, value), true);
    PT_REGS.args.forEach((offset, index) => {
      set(offset, call.args[index] ?? 0n);
    });
    set(PT_REGS.ip, functionAddress(call.function));
    if (call.result !== undefined) set(PT_REGS.result, call.result);
    this.#call = call;
    try {
      for (const program of programs) this.#points.run(program, regs.address);
    } finally {
      this.#call = outer;
    }
  }
}

interface Outcome {
  readonly value: number;
  readonly error: unknown;
}

/** What a function did, as its caller in C sees it: errors are negative numbers. */
function attempt(body: () => number): Outcome {
  try {
    return { value: body(), error: undefined };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { value: -ERRNO[error.errno], error };
  }
}
