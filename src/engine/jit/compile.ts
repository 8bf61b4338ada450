import { helperById } from '../../helpers/registry.js';
import type { InsnIndex } from '../../isa/index.js';
import type { Executable } from '../abi.js';
import { CPU_TAIL_CALLS } from '../runtime/layout.js';
import { decodeOperations } from './graph/graph.js';
import { type ImportedBinding, ModuleEnvironment, type ModuleOptions } from './lower/environment.js';
import { type FunctionPlan, lowerFunction } from './lower/function.js';
import { packetLoadFunction } from './lower/packet.js';
import { type HelperArgs, surveyProgram } from './survey.js';
import { CodeBuilder } from './wasm/code.js';
import { WASM } from './wasm/opcodes.js';

export interface CompileOptions extends ModuleOptions {
  readonly helperArgs?: HelperArgs;
}

/** A program as a WebAssembly module, not yet linked. */
export interface CompiledProgram {
  /** How stack traces name it: different programs very probably have different names. */
  readonly name: string;
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly sandbox: boolean;
  /** Stack in memory that the main function takes; the rest of its frame lives in locals. */
  readonly frameBytes: number;
  /** It cannot run where WebAssembly has no tail calls. */
  readonly usesTailCalls: boolean;
  readonly imports: readonly ImportedBinding[];
  /** First instructions of the functions whose address the program takes. */
  readonly callbacks: readonly InsnIndex[];
  /** Pairs of byte offset in `wasm` and instruction index, ascending: where a trap came from. */
  readonly locations: readonly number[];
}

/**
 * Compiles a program to a WebAssembly module as `abi.ts` describes it.
 *
 * Exports `main`, what a hook calls, and `tail`, what a program array's slot must hold: the same function, but `main`
 * also starts the count of tail calls anew.
 *
 * @throws {SkepError} `JIT_BAD_PROGRAM` for code that no verifier would accept: see `buildGraph`.
 */
export function compileToWasm(executable: Executable, options: CompileOptions): CompiledProgram {
  const operations = decodeOperations(executable.insns);
  const entry = executable.functions[0] ?? 0;
  const survey = surveyProgram(
    executable,
    operations,
    entry,
    options.helperArgs ?? ((id) => helperById(id)?.args),
  );
  const environment = new ModuleEnvironment(executable, options, survey.needs);
  const { builder } = environment;
  const bodies: CodeBuilder[] = [];
  const define = (index: number, code: CodeBuilder): void => {
    builder.defineFunction(index, code);
    bodies.push(code);
  };
  if (survey.needs.packetLoad) define(environment.packetLoad, packetLoadFunction());
  const locals = survey.called.map((start) => [start, environment.declareLocal(start)] as const);
  const tail = builder.declareFunction(environment.mainSignature);
  const plan = (start: InsnIndex): FunctionPlan => survey.plans.get(start) as FunctionPlan;
  for (const [start, index] of locals) {
    define(index, lowerFunction(environment, operations, plan(start), 'local'));
  }
  define(tail, lowerFunction(environment, operations, plan(entry), 'main'));
  let main = tail;
  if (survey.needs.tailCalls && !executable.sandbox) {
    main = builder.declareFunction(environment.mainSignature);
    define(main, countingMain(environment, tail));
  }
  builder.exportFunction('main', main);
  builder.exportFunction('tail', tail);
  const name = moduleName(executable);
  const { bytes, starts } = builder.finish(name);
  const locations: number[] = [];
  bodies.forEach(({ marks }, nth) => {
    for (let at = 0; at < marks.length; at += 2) locations.push(marks[at]! + starts[nth]!, marks[at + 1]!);
  });
  return {
    name,
    frameBytes: plan(entry).stack.frameBytes,
    wasm: bytes,
    sandbox: executable.sandbox,
    usesTailCalls: survey.needs.tailCalls && !executable.sandbox,
    imports: survey.needs.helpers,
    callbacks: survey.needs.callbacks,
    locations,
  };
}

/** A hash of the instructions (FNV-1a). */
function moduleName({ insns }: Executable): string {
  let hash = 0x811c9dc5;
  for (const { opcode, dst, src, off, imm } of insns) {
    for (const field of [opcode | (dst << 8) | (src << 12), off, imm])
      hash = Math.imul(hash ^ field, 0x01000193);
  }
  return `bpf_${(hash >>> 0).toString(16).padStart(8, '0')}`;
}

/** Calls the program with the count of tail calls at 0, and puts back what another program had counted. */
function countingMain(environment: ModuleEnvironment, tail: number): CodeBuilder {
  const code = new CodeBuilder(1);
  const area = code.local('i32');
  const before = code.local('i32');
  code.globalGet(environment.cpuArea).tee(area).memory(WASM.i32_load, CPU_TAIL_CALLS).set(before);
  code.get(area).i32(0).memory(WASM.i32_store, CPU_TAIL_CALLS);
  code.get(0).call(tail);
  return code.get(area).get(before).memory(WASM.i32_store, CPU_TAIL_CALLS);
}
