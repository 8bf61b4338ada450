import type { InsnIndex } from '../isa/index.js';
import type { Executable, HostFunction } from './abi.js';
import { HelperBindings, type HelperOverrides } from './helpers/overrides.js';
import { type InterpreterOptions, interpret } from './interp/index.js';
import { compileToWasm, explainTrap, instantiate } from './jit/index.js';
import type { EngineMemory } from './memory.js';
import { MAP_MAX_ENTRIES, MAP_VALUES, PROG_SLOT, PROG_STRIDE } from './runtime/layout.js';

/** Where a program stands in the function table. */
export interface InstalledCode {
  /** What hooks call. */
  readonly slot: number;
  /** What program arrays hold: the same without a new count of tail calls. */
  readonly tailSlot: number;
  /** Of machine code: the wasm module. */
  readonly bytes: number;
  /** Explains an error that running it threw. */
  explain(error: unknown): unknown;
}

interface Compiled {
  readonly main: unknown;
  readonly tail: unknown;
  readonly bytes: number;
  explain(error: unknown): unknown;
}

/** How many instructions an interpreted program may take: far beyond what the verifier lets pass. */
const INTERPRETER_BUDGET = 2 ** 40;

/** A module that allows the most fits a memory of any maximum. */
const MOST_PAGES = 65536;

export interface CodeOptions {
  readonly engine: 'jit' | 'interpreter';
  readonly overrides: HelperOverrides;
}

/** Compiles programs for one engine and gives them places in its function table. */
export class CodeCache {
  readonly engine: 'jit' | 'interpreter';
  readonly helpers: HelperBindings;
  readonly #memory: EngineMemory;
  readonly #host: Readonly<Record<string, HostFunction>>;
  readonly #free: number[] = [];
  /** For the interpreter's tail calls: programs by their slot for program arrays. */
  readonly #executables = new Map<number, Executable>();
  /** Functions whose address a program takes: slots by first instruction. */
  readonly #callbacks = new Map<Executable, Map<InsnIndex, number>>();
  #lowest = 1;

  constructor(
    memory: EngineMemory,
    host: Readonly<Record<string, HostFunction>>,
    { engine, overrides }: CodeOptions,
  ) {
    this.#memory = memory;
    const own = { ...host };
    this.#host = own;
    this.helpers = new HelperBindings(overrides, memory.runtime, own);
    this.engine = engine;
  }

  install(executable: Executable): InstalledCode {
    const { main, tail, ...rest } =
      this.engine === 'jit' ? this.#compile(executable) : this.#interpreted(executable);
    const slot = this.#place(main);
    const tailSlot = tail === main ? slot : this.#place(tail);
    this.#executables.set(tailSlot, executable);
    return { slot, tailSlot, ...rest };
  }

  remove({ slot, tailSlot }: InstalledCode): void {
    const executable = this.#executables.get(tailSlot);
    const callbacks = executable === undefined ? undefined : this.#callbacks.get(executable);
    this.#executables.delete(tailSlot);
    if (executable !== undefined) this.#callbacks.delete(executable);
    for (const one of new Set([slot, tailSlot, ...(callbacks?.values() ?? [])])) {
      this.#memory.table.set(one, null);
      this.#free.push(one);
    }
  }

  #place(func: unknown): number {
    const { table } = this.#memory;
    const slot =
      this.#free.pop() ??
      (this.#lowest < table.length && table.get(this.#lowest) === null ? this.#lowest++ : table.grow(1));
    table.set(slot, func);
    return slot;
  }

  #compile(executable: Executable): Compiled {
    const { shared, env, runtime, trapCode } = this.#memory;
    const program = compileToWasm(executable, { sharedMemory: shared, maximumPages: MOST_PAGES });
    const place = (callback: unknown, start: InsnIndex) =>
      this.#placeCallback(executable, start, () => callback);
    const { main, tail } = instantiate(program, { env, runtime, host: this.#host, place });
    return {
      main,
      tail,
      bytes: program.wasm.length,
      explain: (error) => explainTrap(program, error, trapCode.value),
    };
  }

  /** The interpreter as a function of the table, by way of a wasm module that only passes its import on. */
  #interpreted(executable: Executable): Compiled {
    const main = passOn((ctx) => this.#interpret(executable, this.interpreterOptions(ctx)), 1);
    return { main, tail: main, bytes: 0, explain: (error) => error };
  }

  #interpret(executable: Executable, options: InterpreterOptions): bigint {
    return BigInt.asIntN(64, interpret(executable, options));
  }

  /** What the interpreter needs to run a program on a context, as this engine's programs run. */
  interpreterOptions(ctx: bigint): InterpreterOptions {
    const { memory, stackPointer, runtime } = this.#memory;
    return {
      memory,
      r1: BigInt.asUintN(64, ctx),
      stackTop: stackPointer.value,
      stackPointer,
      budget: INTERPRETER_BUDGET,
      runtime,
      host: this.#host,
      tailCall: (_ctx, map, index) => this.#executables.get(this.#slotIn(Number(map), index)),
      callback: (whose, start) => this.#placeCallback(whose, start, () => this.#reentry(whose, start)),
    };
  }

  /** A function of an interpreted program, as helpers call it. */
  #reentry(executable: Executable, start: InsnIndex): unknown {
    return passOn(
      (...args) => this.#interpret(executable, { ...this.interpreterOptions(0n), entry: { start, args } }),
      5,
    );
  }

  /** The slot of a function whose address a program takes; `make` is asked once. */
  #placeCallback(executable: Executable, start: InsnIndex, make: () => unknown): number {
    let slots = this.#callbacks.get(executable);
    if (slots === undefined) {
      slots = new Map();
      this.#callbacks.set(executable, slots);
    }
    const slot = slots.get(start) ?? this.#place(make());
    slots.set(start, slot);
    return slot;
  }

  /** What a program array holds at an index; 0 when nothing. */
  #slotIn(map: number, index: number): number {
    const { view } = this.#memory;
    if (index >= view.getUint32(map + MAP_MAX_ENTRIES, true)) return 0;
    return view.getUint32(view.getUint32(map + MAP_VALUES, true) + index * PROG_STRIDE + PROG_SLOT, true);
  }
}

const passOnModules = new Map<number, WebAssembly.Module>();

/**
 * A function that a function table takes and that calls another one, which takes and gives signed bigints:
 * `(import "env" "run" (func (param i64…) (result i64))) (export "main" (func 0))`.
 */
function passOn(run: (...args: bigint[]) => bigint, params: number): unknown {
  let module = passOnModules.get(params);
  if (module === undefined) {
    const i64s = Array.from({ length: params }, () => 0x7e);
    module = new WebAssembly.Module(
      // biome-ignore format: sections, one a line
      Uint8Array.of(
        0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
        1, 5 + params, 1, 0x60, params, ...i64s, 1, 0x7e,
        2, 11, 1, 3, 0x65, 0x6e, 0x76, 3, 0x72, 0x75, 0x6e, 0, 0,
        7, 8, 1, 4, 0x6d, 0x61, 0x69, 0x6e, 0, 0,
      ),
    );
    passOnModules.set(params, module);
  }
  return new WebAssembly.Instance(module, { env: { run } }).exports['main'];
}
