import { expect } from 'vitest';
import type { Executable, HelperBinding, HostFunction } from '../../src/engine/abi.js';
import { interpret } from '../../src/engine/interp/index.js';
import { compileToWasm, instantiate } from '../../src/engine/jit/index.js';
import { SkepError } from '../../src/errors/base.js';
import type { Insn } from '../../src/isa/index.js';

/** Where `expectSameOutcome` puts a program's input: r1. */
export const DATA = 0x10000;
/** The first function's r10. */
export const STACK_TOP = 0x20000;
const MEMORY_BYTES = 0x20000;
/** Where programs count: room for 1,024 instructions below the stack. */
const COUNTS = 0x18000;

/** How a run ended: r0 and the bytes at `DATA`, or the code of the error. */
export interface Outcome {
  readonly r0?: bigint;
  readonly data: Uint8Array;
  readonly error?: string;
  /** Of a scenario that counts: how often each instruction was executed, and its jump taken. */
  readonly counts?: readonly bigint[];
}

export interface Scenario {
  readonly insns: readonly Insn[];
  readonly data?: Uint8Array;
  /** Default true. A trusted program must be one that a verifier would accept. */
  readonly sandbox?: boolean;
  readonly budget?: number;
  readonly helpers?: Readonly<Record<number, HelperBinding>>;
  readonly host?: Readonly<Record<string, HostFunction>>;
  readonly sharedMemory?: boolean;
  /** Count every instruction and jump, which must come out alike too. */
  readonly count?: boolean;
}

function executable({ insns, sandbox = true, helpers = {}, count = false }: Scenario): Executable {
  const counters = { address: COUNTS, at: new Set(insns.keys()) };
  return {
    insns,
    functions: [0],
    maps: [],
    helper: (id) => helpers[id],
    facts: undefined,
    sandbox,
    ...(count ? { counters } : {}),
  };
}

function outcome(memory: ArrayBufferLike, scenario: Scenario, run: () => bigint): Outcome {
  const after = (): Pick<Outcome, 'data' | 'counts'> => ({
    data: new Uint8Array(memory).slice(DATA, DATA + (scenario.data?.length ?? 0)),
    ...(scenario.count === true
      ? { counts: [...new BigUint64Array(memory, COUNTS, scenario.insns.length * 2)] }
      : {}),
  });
  try {
    const r0 = run();
    return { r0, ...after() };
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    return { error: error.code, ...after() };
  }
}

export function runInterpreter(scenario: Scenario): Outcome {
  const { data = new Uint8Array(0), budget = 1_000_000, host = {} } = scenario;
  const memory = { buffer: new ArrayBuffer(MEMORY_BYTES) };
  new Uint8Array(memory.buffer).set(data, DATA);
  return outcome(memory.buffer, scenario, () =>
    interpret(executable(scenario), {
      memory,
      r1: BigInt(DATA),
      r2: scenario.sandbox === false ? 0n : BigInt(data.length),
      stackTop: STACK_TOP,
      budget,
      host,
    }),
  );
}

/** Compiles and runs; there is nothing in the JIT that could run a program otherwise. */
export function runJit(scenario: Scenario): Outcome {
  const { data = new Uint8Array(0), budget = 1_000_000, host = {}, sharedMemory = false } = scenario;
  const pages = MEMORY_BYTES / 65536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: sharedMemory });
  new Uint8Array(memory.buffer).set(data, DATA);
  const global = (value: 'i32' | 'i64', initial: number | bigint): WebAssembly.Global =>
    new WebAssembly.Global({ value, mutable: true } as WebAssembly.GlobalDescriptor, initial);
  const env = {
    memory,
    table: new WebAssembly.Table({ element: 'anyfunc', initial: 1 }),
    stack_pointer: global('i32', STACK_TOP),
    trap_code: global('i32', 0),
    budget: global('i64', BigInt(budget)),
    cpu_area: global('i32', 0),
  };
  const program = compileToWasm(executable(scenario), { sharedMemory, maximumPages: pages });
  const instance = instantiate(program, { env, runtime: {}, host });
  return outcome(memory.buffer, scenario, () => instance.run(BigInt(DATA), BigInt(data.length)));
}

/** Runs a program in both engines of this process and expects the same r0, memory and error. */
export function expectSameOutcome(scenario: Scenario): Outcome {
  const expected = runInterpreter(scenario);
  expect(runJit(scenario)).toEqual(expected);
  return expected;
}
