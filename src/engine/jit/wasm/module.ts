import { ByteWriter } from './bytes.js';
import { CodeBuilder } from './code.js';
import { TYPE, type ValueType, WASM } from './opcodes.js';

/** Parameters and result of a function; no result means none. */
export interface Signature {
  readonly params: readonly ValueType[];
  readonly result?: ValueType;
}

const SECTION = { custom: 0, type: 1, import: 2, function: 3, global: 6, export: 7, code: 10 } as const;
const KIND = { function: 0, table: 1, memory: 2, global: 3 } as const;

/**
 * Builds one WebAssembly module: a memory and a table that are imported, imported and own functions and globals.
 *
 * Indexes are given out at once, so imports of functions and globals come before own ones of the same kind.
 */
export class ModuleBuilder {
  readonly #types: Signature[] = [];
  readonly #typeIndex = new Map<string, number>();
  readonly #imports = new ByteWriter();
  readonly #exports = new ByteWriter();
  readonly #globals: { type: ValueType; initial: number }[] = [];
  readonly #functions: { type: number; code: CodeBuilder | undefined }[] = [];
  #importCount = 0;
  #exportCount = 0;
  #importedFunctions = 0;
  #importedGlobals = 0;

  /** The index of a function type. */
  type(signature: Signature): number {
    const key = `${signature.params.join()}>${signature.result ?? ''}`;
    let index = this.#typeIndex.get(key);
    if (index === undefined) {
      index = this.#types.push(signature) - 1;
      this.#typeIndex.set(key, index);
    }
    return index;
  }

  /** @param maximumPages must be given, and equal the memory's own, when the memory is shared. */
  importMemory(module: string, name: string, shared: boolean, maximumPages: number): void {
    this.#import(module, name, KIND.memory);
    // An import without a maximum accepts any unshared memory.
    this.#imports.byte(shared ? 3 : 0);
    this.#imports.u32(0);
    if (shared) this.#imports.u32(maximumPages);
  }

  importTable(module: string, name: string): void {
    this.#import(module, name, KIND.table);
    this.#imports.bytes([TYPE.funcref, 0, 0]);
  }

  importGlobal(module: string, name: string, type: ValueType): number {
    this.#import(module, name, KIND.global);
    this.#imports.bytes([TYPE[type], 1]);
    return this.#importedGlobals++;
  }

  importFunction(module: string, name: string, signature: Signature): number {
    this.#import(module, name, KIND.function);
    this.#imports.u32(this.type(signature));
    return this.#importedFunctions++;
  }

  /** A mutable global of the module's own. */
  global(type: ValueType, initial = 0): number {
    return this.#importedGlobals + this.#globals.push({ type, initial }) - 1;
  }

  /** Reserves an index; the body may be given later. */
  declareFunction(signature: Signature): number {
    return (
      this.#importedFunctions + this.#functions.push({ type: this.type(signature), code: undefined }) - 1
    );
  }

  defineFunction(index: number, code: CodeBuilder): void {
    const slot = this.#functions[index - this.#importedFunctions];
    if (slot === undefined) throw new RangeError(`no function ${index} is declared`);
    slot.code = code;
  }

  exportFunction(name: string, index: number): void {
    this.#export(name, KIND.function, index);
  }

  exportGlobal(name: string, index: number): void {
    this.#export(name, KIND.global, index);
  }

  /**
   * The module's bytes, and for each own function where in them its instructions begin. Stack traces show `name`,
   * in ASCII.
   */
  finish(name: string): { readonly bytes: Uint8Array<ArrayBuffer>; readonly starts: readonly number[] } {
    const out = new ByteWriter(4096);
    out.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
    section(out, SECTION.type, this.#typeSection());
    section(out, SECTION.import, counted(this.#importCount, this.#imports));
    const types = new ByteWriter();
    types.u32(this.#functions.length);
    for (const { type } of this.#functions) types.u32(type);
    section(out, SECTION.function, types);
    section(out, SECTION.global, this.#globalSection());
    section(out, SECTION.export, counted(this.#exportCount, this.#exports));

    const code = new ByteWriter(4096);
    code.u32(this.#functions.length);
    const starts = this.#functions.map((slot) => {
      const { entry, start } = (slot.code ?? new CodeBuilder(0).op(WASM.unreachable)).finish();
      const at = code.length + start;
      code.bytes(entry);
      return at;
    });
    const base = section(out, SECTION.code, code);
    section(out, SECTION.custom, nameSection(name));
    return { bytes: out.view().slice(), starts: starts.map((start) => base + start) };
  }

  #typeSection(): ByteWriter {
    const types = new ByteWriter();
    types.u32(this.#types.length);
    for (const { params, result } of this.#types) {
      types.byte(0x60);
      types.u32(params.length);
      for (const param of params) types.byte(TYPE[param]);
      types.bytes(result === undefined ? [0] : [1, TYPE[result]]);
    }
    return types;
  }

  #globalSection(): ByteWriter {
    const globals = new ByteWriter();
    globals.u32(this.#globals.length);
    for (const { type, initial } of this.#globals) {
      globals.bytes([TYPE[type], 1, type === 'i32' ? WASM.i32_const : WASM.i64_const]);
      globals.s32(initial);
      globals.byte(WASM.end);
    }
    return globals;
  }

  #import(module: string, name: string, kind: number): void {
    this.#importCount++;
    this.#imports.name(module);
    this.#imports.name(name);
    this.#imports.byte(kind);
  }

  #export(name: string, kind: number, index: number): void {
    this.#exportCount++;
    this.#exports.name(name);
    this.#exports.byte(kind);
    this.#exports.u32(index);
  }
}

/** Core specification, appendix: the name section, of which only the module's own name is written. */
function nameSection(name: string): ByteWriter {
  const contents = new ByteWriter();
  contents.name('name');
  contents.byte(0);
  const inner = new ByteWriter();
  inner.name(name);
  contents.u32(inner.length);
  contents.bytes(inner.view());
  return contents;
}

function counted(count: number, items: ByteWriter): ByteWriter {
  const all = new ByteWriter(items.length + 5);
  all.u32(count);
  all.bytes(items.view());
  return all;
}

/** Appends a section; the offset at which its contents begin. */
function section(out: ByteWriter, id: number, contents: ByteWriter): number {
  out.byte(id);
  out.u32(contents.length);
  const base = out.length;
  out.bytes(contents.view());
  return base;
}
