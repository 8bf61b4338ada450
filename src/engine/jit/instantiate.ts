import { SkepError } from '../../errors/base.js';
import type { InsnIndex } from '../../isa/index.js';
import type { HostFunction } from '../abi.js';
import type { CompiledProgram } from './compile.js';
import { explainTrap } from './trap.js';

/** What a compiled program is linked with; see `abi.ts`. */
export interface ProgramEnvironment {
  /** `EngineMemory.env`. Not all of it is used by every program. */
  readonly env: Readonly<Record<string, WebAssembly.ImportValue>>;
  /** The runtime's exports. */
  readonly runtime: Readonly<Record<string, unknown>>;
  readonly host: Readonly<Record<string, HostFunction>>;
  /** Puts a function that the program has the address of into the function table. Default: at its end. */
  readonly place?: (callback: WebAssembly.ExportValue, start: InsnIndex) => number;
}

/** A program that can run. */
export interface ProgramInstance {
  /**
   * Runs the program: r1 (and in a sandbox r2), signed or unsigned; answers r0, unsigned.
   *
   * @throws {SkepError} the codes of the interpreter, with the instruction; the stack pointer is as before then.
   */
  run(r1: bigint, r2?: bigint): bigint;
  /** The wasm function for hooks: goes into the function table. */
  readonly main: WebAssembly.ExportValue;
  /** The wasm function for program arrays: the same without a new count of tail calls. */
  readonly tail: WebAssembly.ExportValue;
}

/**
 * Links a compiled program.
 *
 * @throws {SkepError} `JIT_NO_TAIL_CALLS` where WebAssembly has none and the program needs them; `JIT_NO_HELPER` when
 * the environment lacks a helper.
 */
export function instantiate(program: CompiledProgram, environment: ProgramEnvironment): ProgramInstance {
  if (program.usesTailCalls && !supportsTailCalls()) {
    throw new SkepError(
      'JIT_NO_TAIL_CALLS',
      'The program makes tail calls, which this WebAssembly has not.',
      {
        hint: 'Use Node 20 or a browser of 2024.',
      },
    );
  }
  const { env } = environment;
  const imports: WebAssembly.Imports = { env: { ...env }, runtime: {}, host: {} };
  for (const { kind, name } of program.imports) {
    const found = environment[kind][name];
    if (typeof found !== 'function') {
      throw new SkepError('JIT_NO_HELPER', `There is no helper ${name} in the ${kind}.`, {
        facts: { kind, name },
      });
    }
    imports[kind]![name] =
      kind === 'runtime' ? (found as WebAssembly.ExportValue) : unsigned(found as HostFunction);
  }
  const instance = new WebAssembly.Instance(new WebAssembly.Module(program.wasm), imports);
  placeCallbacks(program, instance.exports, environment.place ?? placeAtEnd(env['table']));
  return {
    run: runner(program, instance.exports, env),
    main: instance.exports['main']!,
    tail: instance.exports['tail']!,
  };
}

/** Wasm hands i64 over as signed. */
function unsigned(helper: HostFunction): HostFunction {
  return (...args) => helper(...args.map((arg) => BigInt.asUintN(64, arg)));
}

function placeCallbacks(
  program: CompiledProgram,
  exports: WebAssembly.Exports,
  place: (callback: WebAssembly.ExportValue, start: InsnIndex) => number,
): void {
  for (const start of program.callbacks) {
    (exports[`slot_${start}`] as WebAssembly.Global).value = place(exports[`function_${start}`]!, start);
  }
}

function placeAtEnd(
  table: WebAssembly.ImportValue | undefined,
): (callback: WebAssembly.ExportValue) => number {
  return (callback) => {
    if (!(table instanceof WebAssembly.Table)) throw new TypeError('callbacks need env.table');
    return table.grow(1, callback);
  };
}

function runner(
  program: CompiledProgram,
  exports: WebAssembly.Exports,
  env: ProgramEnvironment['env'],
): ProgramInstance['run'] {
  const main = exports['main'] as (...args: bigint[]) => bigint;
  const trapCode = env['trap_code'] as WebAssembly.Global;
  const stackPointer = env['stack_pointer'] as WebAssembly.Global;
  return (r1, r2 = 0n) => {
    const stack: number = stackPointer.value;
    trapCode.value = 0;
    try {
      return BigInt.asUintN(64, program.sandbox ? main(r1, r2) : main(r1));
    } catch (error) {
      stackPointer.value = stack;
      throw explainTrap(program, error, trapCode.value);
    }
  };
}

let tailCalls: boolean | undefined;

/** Whether this WebAssembly has tail calls: V8 since 11.2 (Node 20). */
export function supportsTailCalls(): boolean {
  // A module with one function that does `return_call 0`.
  tailCalls ??= WebAssembly.validate(
    Uint8Array.of(
      0,
      0x61,
      0x73,
      0x6d,
      1,
      0,
      0,
      0,
      1,
      4,
      1,
      0x60,
      0,
      0,
      3,
      2,
      1,
      0,
      10,
      6,
      1,
      4,
      0,
      0x12,
      0,
      0x0b,
    ),
  );
  return tailCalls;
}
