import { R_BPF } from '../../elf/constants.js';
import {
  type NewRelocation,
  type NewSection,
  type NewSymbol,
  newSection,
  writeElf,
} from '../../elf/index.js';
import { encodeInsns, encodeOperation, type Insn } from '../../isa/index.js';
import { sizeOf } from '../ir/layout.js';
import { type GlobalFacts, type GlobalVariable, type IrModule, valueAt } from '../ir/module.js';
import type { ValueId } from '../ir/value.js';
import type { CompiledFunction, CompiledInstruction } from '../machine/function.js';
import { SourceProblem } from '../problem.js';
import { constantAddress } from './data.js';
import { debugSections, type PlacedVariable, type SourceLines } from './debug-info.js';
import { type Place, Sections } from './sections.js';

const SYMBOL = { NOTYPE: 0, OBJECT: 1, FUNC: 2, SECTION: 3 } as const;
const BINDING = { local: 0, global: 1, weak: 2 } as const;
const VISIBILITY = { default: 0, hidden: 2, protected: 3 } as const;

export interface EmitOptions {
  readonly littleEndian?: boolean;
  /** Lines of the source, which BTF.ext quotes. */
  readonly sourceLines?: SourceLines;
}

/**
 * Lays compiled functions and the module's variables out as a relocatable object, as clang does: code and data in
 * their sections, REL relocations for the loader, and what `-g` tells as BTF.
 */
export function emitObject(
  module: IrModule,
  functions: readonly CompiledFunction[],
  { littleEndian = true, sourceLines = () => '' }: EmitOptions = {},
): Uint8Array {
  return new ObjectWriter(module, functions, littleEndian).write(sourceLines);
}

class ObjectWriter {
  readonly #module: IrModule;
  readonly #functions: readonly CompiledFunction[];
  readonly #littleEndian: boolean;
  readonly #sections: Sections;
  readonly #symbols = new Map<string, NewSymbol>();
  readonly #sectionSymbols = new Map<NewSection, NewSymbol>();

  constructor(module: IrModule, functions: readonly CompiledFunction[], littleEndian: boolean) {
    this.#module = module;
    this.#functions = functions;
    this.#littleEndian = littleEndian;
    this.#sections = new Sections(module, littleEndian);
  }

  write(sourceLines: SourceLines): Uint8Array {
    for (const compiled of this.#functions) this.#sections.addFunction(this.#fn(compiled), compiled);
    this.#addVariables();
    this.#sections.close();
    this.#define();
    for (const compiled of this.#functions) this.#code(compiled);
    for (const global of this.#sections.variables.keys()) this.#data(global);
    const sections = [...this.#sections.all, ...this.#debug(sourceLines)];
    return writeElf(
      sections,
      [...this.#sectionSymbols.values(), ...this.#symbols.values()],
      this.#littleEndian,
    );
  }

  /** Literals come last: those that only intrinsics had as operands, the names of enumerators, are left out. */
  #addVariables(): void {
    const { globals, values } = this.#module;
    const isLiteral = ({ linkage, initializer }: GlobalVariable) =>
      linkage === 'private' && initializer !== undefined && values[initializer]?.kind === 'bytes';
    for (const global of globals) {
      // `llvm.used` and its like are for the optimiser.
      if (global.section !== 'llvm.metadata' && !isLiteral(global)) this.#sections.addVariable(global);
    }
    const images = [...this.#sections.images.values()];
    const named = new Set([
      ...this.#functions.flatMap(({ instructions }) => instructions.map(({ symbol }) => symbol?.value)),
      ...images.flatMap(({ relocations }) => relocations.map(({ symbol }) => symbol)),
    ]);
    for (const id of named) {
      const value = id === undefined ? undefined : values[id];
      const global = value?.kind === 'global' ? globals[value.index] : undefined;
      if (global !== undefined && isLiteral(global)) this.#sections.addVariable(global);
    }
  }

  #fn(compiled: CompiledFunction) {
    const fn = this.#module.functions[compiled.index];
    if (fn === undefined) throw new RangeError(`function ${compiled.index} does not exist`);
    return fn;
  }

  /** A symbol for everything that has a name in C. */
  #define(): void {
    for (const [fn, place] of this.#sections.functions) this.#symbol(fn, place, SYMBOL.FUNC);
    for (const [global, place] of this.#sections.variables) {
      if (global.linkage !== 'private') this.#symbol(global, place, SYMBOL.OBJECT);
    }
    for (const alias of this.#module.aliases) {
      const { symbol, addend } = constantAddress(this.#module, undefined, alias.aliasee) ?? {};
      const place = symbol === undefined ? undefined : this.#placeOf(symbol);
      if (place === undefined || addend === undefined) continue;
      const isFunction = symbol !== undefined && valueAt(this.#module, undefined, symbol).kind === 'function';
      this.#symbol(
        alias,
        { ...place, offset: place.offset + addend },
        isFunction ? SYMBOL.FUNC : SYMBOL.OBJECT,
      );
    }
  }

  #symbol(facts: GlobalFacts, place: Place | undefined, type: number): NewSymbol {
    const symbol: NewSymbol = {
      name: facts.name,
      section: place?.section,
      value: place?.offset ?? 0,
      size: place?.size ?? 0,
      type,
      binding: BINDING[bindingOf(facts)],
      visibility: VISIBILITY[facts.visibility],
    };
    this.#symbols.set(facts.name, symbol);
    return symbol;
  }

  #facts(id: ValueId): GlobalFacts | undefined {
    const value = valueAt(this.#module, undefined, id);
    if (value.kind === 'function') return this.#module.functions[value.index];
    if (value.kind === 'global') return this.#module.globals[value.index];
    return value.kind === 'alias' ? this.#module.aliases[value.index] : undefined;
  }

  #placeOf(id: ValueId): Place | undefined {
    const value = valueAt(this.#module, undefined, id);
    if (value.kind === 'function') {
      const fn = this.#module.functions[value.index];
      return fn && this.#sections.functions.get(fn);
    }
    const global = value.kind === 'global' ? this.#module.globals[value.index] : undefined;
    return global && this.#sections.variables.get(global);
  }

  /** What a relocation refers to: the symbol itself, or the section of a local one and how far in it is. */
  #target(id: ValueId): { readonly symbol: NewSymbol; readonly offset: number } {
    const facts = this.#facts(id);
    if (facts === undefined) throw new RangeError(`value ${id} has no address`);
    const place = this.#placeOf(id);
    if (place !== undefined && bindingOf(facts) === 'local') {
      return { symbol: this.#sectionSymbol(place.section), offset: place.offset };
    }
    const known = this.#symbols.get(facts.name) ?? this.#symbol(facts, undefined, SYMBOL.NOTYPE);
    return { symbol: known, offset: 0 };
  }

  #sectionSymbol(section: NewSection): NewSymbol {
    let symbol = this.#sectionSymbols.get(section);
    if (symbol === undefined) {
      symbol = { name: '', section, value: 0, size: 0, type: SYMBOL.SECTION, binding: 0, visibility: 0 };
      this.#sectionSymbols.set(section, symbol);
    }
    return symbol;
  }

  #code(compiled: CompiledFunction): void {
    const place = this.#sections.functions.get(this.#fn(compiled));
    if (place === undefined) return;
    let at = place.offset;
    for (const instruction of compiled.instructions) {
      const insns = encodeOperation(this.#resolved(instruction, place.section, at));
      place.section.data.set(encodeInsns(insns as Insn[], this.#littleEndian), at);
      at += insns.length * 8;
    }
  }

  /** The operation with its relocation's addend in place, and the relocation noted. */
  #resolved({ operation, symbol, location }: CompiledInstruction, section: NewSection, at: number) {
    if (symbol === undefined) return operation;
    const target = this.#target(symbol.value);
    const note = (type: number) => {
      const relocation: NewRelocation = { offset: at, type, symbol: target.symbol };
      section.relocations.push(relocation);
    };
    const distance = target.offset + symbol.addend;
    if (operation.kind === 'ld_imm64') {
      note(R_BPF.IMM64);
      return { ...operation, low: distance, high: 0 };
    }
    if (operation.kind !== 'call_local') {
      throw new SourceProblem(
        `'${target.symbol.name}' has no address that the instruction can hold`,
        location,
      );
    }
    if (target.symbol.section === section && target.symbol.type === SYMBOL.SECTION) {
      return { ...operation, offset: (distance - at) / 8 - 1 };
    }
    note(R_BPF.CALL);
    return { ...operation, offset: distance / 8 - 1 };
  }

  #data(global: GlobalVariable): void {
    const place = this.#sections.variables.get(global);
    const image = this.#sections.images.get(global);
    if (place === undefined || image === undefined) return;
    const view = new DataView(place.section.data.buffer);
    for (const { offset, symbol, addend } of image.relocations) {
      const target = this.#target(symbol);
      const at = place.offset + offset;
      view.setBigInt64(at, BigInt(target.offset + addend), this.#littleEndian);
      place.section.relocations.push({ offset: at, type: R_BPF.ABS64, symbol: target.symbol });
    }
  }

  #debug(sourceLines: SourceLines): NewSection[] {
    const functions = this.#functions.flatMap((compiled) => {
      const place = this.#sections.functions.get(this.#fn(compiled));
      return place === undefined ? [] : [{ compiled, section: place.section.name, offset: place.offset }];
    });
    const variables = this.#module.globals.flatMap((global, index): PlacedVariable[] => {
      const place = this.#sections.variables.get(global);
      if (place !== undefined)
        return [{ index, section: place.section.name, offset: place.offset, size: place.size }];
      if (global.initializer !== undefined) return [];
      return [{ index, section: global.section, offset: 0, size: sizeOf(this.#module, global.type) }];
    });
    const made = debugSections(this.#module, functions, variables, sourceLines, this.#littleEndian);
    if (made === undefined) return [];
    for (const { section, offset, type } of made.typeIds) {
      const { data } = this.#sections.all.find(({ name }) => name === section) ?? { data: new Uint8Array(8) };
      new DataView(data.buffer, data.byteOffset).setInt32(offset + 4, type, this.#littleEndian);
    }
    const btf = { ...newSection('.BTF', 'info', 4), data: made.btf };
    // libbpf takes no extension that says nothing.
    return made.functions === 0 ? [btf] : [btf, { ...newSection('.BTF.ext', 'info', 4), data: made.ext }];
  }
}

function bindingOf({ linkage }: GlobalFacts): keyof typeof BINDING {
  switch (linkage) {
    case 'internal':
    case 'private':
      return 'local';
    case 'weak':
    case 'weak_odr':
    case 'linkonce':
    case 'linkonce_odr':
    case 'extern_weak':
      return 'weak';
    default:
      return 'global';
  }
}
