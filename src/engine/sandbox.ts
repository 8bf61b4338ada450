import { SkepError } from '../errors/base.js';
import { FRAME_POINTER, type Insn, type InsnIndex, OPCODE_LD_IMM64, operationAt } from '../isa/index.js';
import type { Executable, HelperBinding } from './abi.js';
import { type HostFunction, interpret } from './interp/index.js';
import { EngineMemory } from './memory.js';

/** A helper that a sandbox offers: any function over unsigned 64-bit numbers, which may touch the memory. */
export interface SandboxHelper {
  readonly name: string;
  /** How many of r1–r5 it takes. */
  readonly args: number;
  readonly call: (memory: EngineMemory, ...args: bigint[]) => bigint;
}

export interface SandboxInput {
  readonly insns: readonly Insn[];
  /** What r1 points to; r2 is its length. Without it r1 and r2 are 0. */
  readonly input?: Uint8Array;
  readonly engine: 'jit' | 'interpreter';
  /** Instructions after which the program is stopped. */
  readonly budget: number;
  /** By the number in the call instruction. */
  readonly helpers?: ReadonlyMap<number, SandboxHelper>;
}

/** Thrown by a helper to end the whole program with a result. */
export class Unwind {
  readonly result: bigint;
  constructor(result: bigint) {
    this.result = result;
  }
}

/**
 * Runs code that nobody verified, in a memory of its own that it cannot leave and for as many instructions as the
 * budget says.
 *
 * @returns r0, unsigned 64 bits.
 * @throws {SkepError} `EXEC_INSN` and `EXEC_JUMP` before anything runs, when some instruction has no meaning or some
 * jump leaves the program; else what `interpret` throws, in both engines.
 */
export function runSandboxed(input: SandboxInput): bigint {
  const functions = checkProgram(input.insns);
  const { helpers = new Map<number, SandboxHelper>() } = input;
  const executable: Executable = {
    insns: input.insns,
    functions,
    maps: [],
    helper: (id) => bindingOf(helpers.get(id)),
    facts: undefined,
    sandbox: true,
  };
  try {
    return runInterpreter(executable, input, helpers);
  } catch (thrown) {
    if (thrown instanceof Unwind) return thrown.result;
    throw thrown;
  }
}

function bindingOf(helper: SandboxHelper | undefined): HelperBinding | undefined {
  return helper && { kind: 'host', name: helper.name, args: helper.args };
}

/** A fresh memory with the input in it. */
function prepare({ input }: SandboxInput): { memory: EngineMemory; r1: bigint; r2: bigint } {
  const memory = EngineMemory.create({ cpus: 1, shared: false, maximumPages: 256 });
  if (input === undefined || input.length === 0) return { memory, r1: 0n, r2: 0n };
  const address = memory.alloc(input.length);
  memory.write(address, input);
  return { memory, r1: BigInt(address), r2: BigInt(input.length) };
}

function hostFunctions(
  helpers: ReadonlyMap<number, SandboxHelper>,
  memory: EngineMemory,
): Record<string, HostFunction> {
  return Object.fromEntries(
    [...helpers.values()].map(({ name, call }) => [name, (...args: bigint[]) => call(memory, ...args)]),
  );
}

function runInterpreter(
  executable: Executable,
  input: SandboxInput,
  helpers: ReadonlyMap<number, SandboxHelper>,
): bigint {
  const { memory, r1, r2 } = prepare(input);
  return interpret(executable, {
    memory: memory.memory,
    r1,
    r2,
    stackTop: memory.stackPointer.value,
    budget: input.budget,
    host: hostFunctions(helpers, memory),
    helperByNumber: true,
  });
}

/**
 * What Linux refuses whatever a program does at run time: instructions without a meaning, jumps out of the program
 * or into the middle of a 64-bit immediate, writes to r10, a last instruction that runs off the end.
 *
 * @returns the first instruction of each function, the main one first.
 */
function checkProgram(insns: readonly Insn[]): InsnIndex[] {
  if (insns.length === 0) throw new SkepError('EXEC_INPUT', 'The program has no instructions');
  const starts = new Set<InsnIndex>();
  const jumps: { from: InsnIndex; to: InsnIndex }[] = [];
  const functions = new Set<InsnIndex>([0]);
  for (let index = 0; index < insns.length; index++) {
    starts.add(index);
    const operation = operationAt(insns, index);
    if (operation.kind === 'invalid') {
      throw refuse('EXEC_INSN', `Instruction ${index} has no meaning: ${operation.reason}`, index);
    }
    if (writes(operation) === FRAME_POINTER)
      throw refuse('EXEC_INSN', `Instruction ${index} writes r10, which is read-only`, index);
    if ('offset' in operation) jumps.push({ from: index, to: index + 1 + operation.offset });
    if (operation.kind === 'call_local') functions.add(index + 1 + operation.offset);
    if (insns[index]?.opcode === OPCODE_LD_IMM64) index++;
  }
  for (const { from, to } of jumps) {
    if (!starts.has(to))
      throw refuse('EXEC_JUMP', `Instruction ${from} jumps to ${to}, where none begins`, from);
  }
  const last = operationAt(insns, Math.max(...starts));
  if (last.kind !== 'exit' && last.kind !== 'goto') {
    throw refuse(
      'EXEC_JUMP',
      'Execution runs off the end: the last instruction is no exit or goto',
      insns.length - 1,
    );
  }
  return [...functions].sort((a, b) => a - b);
}

function refuse(code: string, message: string, insn: InsnIndex): SkepError {
  return new SkepError(code, message, { facts: { insn } });
}

/** The register that an operation writes, if any. */
function writes(operation: ReturnType<typeof operationAt>): number | undefined {
  switch (operation.kind) {
    case 'branch':
    case 'store':
      return undefined;
    case 'atomic':
      if (operation.op === 'load_acquire') return operation.src;
      return operation.fetch && operation.op !== 'cmpxchg' ? operation.src : undefined;
    default:
      return 'dst' in operation ? operation.dst : undefined;
  }
}
