import type { InsnIndex } from '../../../isa/index.js';
import type { Executable, HelperBinding } from '../../abi.js';
import { ModuleBuilder, type Signature } from '../wasm/module.js';
import type { ValueType } from '../wasm/opcodes.js';

/** A binding that becomes an imported function. */
export type ImportedBinding = Extract<HelperBinding, { kind: 'runtime' | 'host' }>;

/** What a module needs besides its functions; found before lowering, since imports come first in a module. */
export interface ModuleNeeds {
  readonly helpers: readonly ImportedBinding[];
  readonly tailCalls: boolean;
  readonly cpuArea: boolean;
  readonly packetLoad: boolean;
  /** Functions whose address is taken. */
  readonly callbacks: readonly InsnIndex[];
}

export interface ModuleOptions {
  readonly sharedMemory: boolean;
  readonly maximumPages: number;
}

/** A function that programs call locally: r1 to r5, r0. */
export const LOCAL_SIGNATURE: Signature = { params: ['i64', 'i64', 'i64', 'i64', 'i64'], result: 'i64' };

/** What all functions of a program share while they are lowered: imports, globals, function indexes. */
export class ModuleEnvironment {
  readonly builder = new ModuleBuilder();
  readonly executable: Executable;
  readonly sandbox: boolean;
  readonly mainSignature: Signature;
  readonly stackPointer: number;
  readonly trapCode: number;
  /** Only in a sandbox. */
  readonly budget: number;
  /** Only when something needs it. */
  readonly cpuArea: number;
  /** Functions active; only in a sandbox. */
  readonly depth: number;
  readonly packetLoad: number;
  readonly #helpers = new Map<string, number>();
  readonly #functions = new Map<InsnIndex, number>();
  readonly #callbacks = new Map<InsnIndex, number>();

  constructor(executable: Executable, options: ModuleOptions, needs: ModuleNeeds) {
    const { builder } = this;
    this.executable = executable;
    this.sandbox = executable.sandbox;
    this.mainSignature = { params: this.sandbox ? ['i64', 'i64'] : ['i64'], result: 'i64' };
    builder.importMemory('env', 'memory', options.sharedMemory, options.maximumPages);
    if (needs.tailCalls) builder.importTable('env', 'table');
    this.stackPointer = builder.importGlobal('env', 'stack_pointer', 'i32');
    this.trapCode = builder.importGlobal('env', 'trap_code', 'i32');
    this.budget = this.sandbox ? builder.importGlobal('env', 'budget', 'i64') : -1;
    this.cpuArea = needs.cpuArea ? builder.importGlobal('env', 'cpu_area', 'i32') : -1;
    for (const binding of needs.helpers) {
      const key = helperKey(binding);
      if (this.#helpers.has(key)) continue;
      this.#helpers.set(key, builder.importFunction(binding.kind, binding.name, helperSignature(binding)));
    }
    this.depth = this.sandbox ? builder.global('i32') : -1;
    for (const start of needs.callbacks) {
      const global = builder.global('i32');
      builder.exportGlobal(`slot_${start}`, global);
      this.#callbacks.set(start, global);
    }
    this.packetLoad = needs.packetLoad
      ? builder.declareFunction({ params: ['i32', 'i32', 'i32'], result: 'i64' })
      : -1;
  }

  helper(binding: ImportedBinding): number {
    return this.#helpers.get(helperKey(binding)) as number;
  }

  declareLocal(start: InsnIndex): number {
    const index = this.builder.declareFunction(LOCAL_SIGNATURE);
    this.#functions.set(start, index);
    if (this.#callbacks.has(start)) this.builder.exportFunction(`function_${start}`, index);
    return index;
  }

  /** The wasm function of a BPF function that is called locally. */
  local(start: InsnIndex): number {
    return this.#functions.get(start) as number;
  }

  /** The global that holds a callback's slot in the function table. */
  callback(start: InsnIndex): number {
    return this.#callbacks.get(start) as number;
  }
}

function helperKey({ kind, name }: ImportedBinding): string {
  return `${kind}.${name}`;
}

function helperSignature(binding: ImportedBinding): Signature {
  if (binding.kind === 'host') {
    return { params: Array.from({ length: binding.args }, (): ValueType => 'i64'), result: 'i64' };
  }
  return binding.result === 'void'
    ? { params: binding.params }
    : { params: binding.params, result: binding.result };
}
