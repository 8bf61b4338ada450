import { SkepError } from '../errors/base.js';
import type { Insn } from '../isa/index.js';
import { mapType } from '../maps/registry.js';
import type { Executable, HelperBinding, HostFunction, MapBinding } from './abi.js';
import { interpret } from './interp/index.js';
import { compileToWasm, instantiate } from './jit/index.js';
import { EngineMemory } from './memory.js';
import { checkStructure } from './structure.js';

/** 16 MiB: what unverified code and its input may take. */
const MAXIMUM_PAGES = 256;

/** A helper that a sandbox offers: any function over unsigned 64-bit numbers, which may touch the memory. */
export interface SandboxHelper {
  readonly name: string;
  /** How many of r1–r5 it takes. */
  readonly args: number;
  readonly call: (memory: EngineMemory, ...args: bigint[]) => bigint;
}

/** Global data that the program reaches by `map_idx_value` immediates. */
export interface SandboxData {
  readonly name: string;
  readonly contents: Uint8Array;
}

export interface SandboxInput {
  readonly insns: readonly Insn[];
  /** What r1 points to; r2 is its length. Without it r1 and r2 are 0. */
  readonly input?: Uint8Array;
  readonly data?: readonly SandboxData[];
  readonly engine: 'jit' | 'interpreter';
  /** Instructions after which the program is stopped. The JIT counts whole basic blocks. */
  readonly budget: number;
  /** By the number in the call instruction; `callx` finds them by the number in its register. */
  readonly helpers?: ReadonlyMap<number, SandboxHelper>;
}

/** Thrown by a helper to end the whole program with a result. */
export class Unwind {
  readonly result: bigint;
  constructor(result: bigint) {
    this.result = result;
  }
}

/** Name of the host function that `callx` calls. */
const CALL_BY_NUMBER = 'call_by_number';

/**
 * Runs code that nobody verified, in a memory of its own that it cannot leave and for as many instructions as the
 * budget says.
 *
 * @returns r0, unsigned 64 bits.
 * @throws {SkepError} `EXEC_INSN` and `EXEC_JUMP` before anything runs, when some instruction has no meaning or some
 * jump leaves the program; else what `interpret` throws, in both engines.
 */
export function runSandboxed(input: SandboxInput): bigint {
  const functions = checkStructure(input.insns);
  const run = prepare(input, functions);
  try {
    return input.engine === 'interpreter' ? runInterpreter(run, input) : runCompiled(run, input);
  } catch (thrown) {
    if (thrown instanceof Unwind) return thrown.result;
    throw input.engine === 'jit' ? explained(thrown, input, functions) : thrown;
  }
}

/** One run: everything in a memory of its own. */
interface Run {
  readonly memory: EngineMemory;
  readonly executable: Executable;
  readonly host: Readonly<Record<string, HostFunction>>;
  readonly r1: bigint;
  readonly r2: bigint;
}

function prepare({ insns, input, data = [], helpers = new Map() }: SandboxInput, functions: number[]): Run {
  const memory = EngineMemory.create({ cpus: 1, shared: false, maximumPages: MAXIMUM_PAGES });
  const place = (bytes: Uint8Array): number => {
    const address = memory.alloc(Math.max(bytes.length, 1));
    memory.write(address, bytes);
    return address;
  };
  const executable: Executable = {
    insns,
    functions,
    maps: data.map((section) => dataBinding(section, place(section.contents))),
    helper: (id) => bindingOf(helpers.get(id)),
    facts: undefined,
    callByNumber: { kind: 'host', name: CALL_BY_NUMBER, args: 6 },
    sandbox: true,
  };
  const given = input !== undefined && input.length > 0;
  return {
    memory,
    executable,
    host: hostFunctions(helpers, memory),
    r1: given ? BigInt(place(input)) : 0n,
    r2: BigInt(input?.length ?? 0),
  };
}

function dataBinding({ name, contents }: SandboxData, address: number): MapBinding {
  const type = mapType('array');
  const shape = { keySize: 4, valueSize: contents.length, maxEntries: 1, flags: 0 };
  return { address, valueAddress: address, facts: { ...shape, name, type, frozen: false } };
}

function bindingOf(helper: SandboxHelper | undefined): HelperBinding | undefined {
  return helper && { kind: 'host', name: helper.name, args: helper.args };
}

function hostFunctions(
  helpers: ReadonlyMap<number, SandboxHelper>,
  memory: EngineMemory,
): Record<string, HostFunction> {
  const named = [...helpers.values()].map(({ name, call }): [string, HostFunction] => [
    name,
    (...args) => call(memory, ...args),
  ]);
  const byNumber: HostFunction = (number = 0n, ...args) => {
    const id = Number(BigInt.asIntN(32, number));
    const helper = helpers.get(id);
    if (helper === undefined)
      throw new SkepError('EXEC_CALL', `there is no helper ${id}`, { facts: { helper: id } });
    return helper.call(memory, ...args.slice(0, helper.args));
  };
  return { ...Object.fromEntries(named), [CALL_BY_NUMBER]: byNumber };
}

function runInterpreter({ memory, executable, host, r1, r2 }: Run, { budget }: SandboxInput): bigint {
  const stackTop = memory.stackPointer.value;
  return interpret(executable, { memory: memory.memory, r1, r2, stackTop, budget, host });
}

function runCompiled({ memory, executable, host, r1, r2 }: Run, { budget }: SandboxInput): bigint {
  const options = { sharedMemory: memory.shared, maximumPages: MAXIMUM_PAGES };
  const program = instantiate(compileToWasm(executable, options), {
    env: memory.env,
    runtime: memory.runtime as unknown as Record<string, unknown>,
    host,
  });
  memory.budget.value = BigInt(budget);
  return program.run(r1, r2);
}

/** What went wrong in compiled code, told by the interpreter, which knows the instruction and the address. */
function explained(thrown: unknown, input: SandboxInput, functions: number[]): unknown {
  if (!(thrown instanceof SkepError)) return thrown;
  if (thrown.code === 'EXEC_BUDGET') {
    // The interpreter would take long to get there.
    const where = thrown.message.replace(/^[^,]*/, '');
    const { facts, cause } = thrown;
    return new SkepError(thrown.code, `the budget of ${input.budget} instructions is used up${where}`, {
      facts,
      cause,
    });
  }
  try {
    runInterpreter(prepare(input, functions), input);
  } catch (told) {
    if (told instanceof SkepError && told.code === thrown.code) return told;
  }
  return thrown;
}
