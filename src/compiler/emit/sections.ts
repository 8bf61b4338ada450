import { type NewSection, newSection } from '../../elf/index.js';
import { alignOf, sizeOf } from '../ir/layout.js';
import type { GlobalVariable, IrFunction, IrModule } from '../ir/module.js';
import type { CompiledFunction } from '../machine/function.js';
import { type DataImage, dataImage } from './data.js';

/** Where a function or a variable lies. */
export interface Place {
  readonly section: NewSection;
  readonly offset: number;
  readonly size: number;
}

/** The sections of an object with what goes into each, in the order in which it was first needed. */
export class Sections {
  readonly all: NewSection[] = [];
  readonly functions = new Map<IrFunction, Place>();
  readonly variables = new Map<GlobalVariable, Place>();
  readonly images = new Map<GlobalVariable, DataImage>();
  readonly #ends = new Map<NewSection, number>();
  readonly #module: IrModule;
  readonly #littleEndian: boolean;

  constructor(module: IrModule, littleEndian: boolean) {
    this.#module = module;
    this.#littleEndian = littleEndian;
    this.#section('.text', 'code', 8);
  }

  addFunction(fn: IrFunction, compiled: CompiledFunction): void {
    const slots = compiled.instructions.reduce(
      (sum, { operation }) => sum + (operation.kind === 'ld_imm64' ? 2 : 1),
      0,
    );
    const section = this.#section(fn.section ?? '.text', 'code', 8);
    this.functions.set(fn, this.#place(section, slots * 8, 8));
  }

  addVariable(global: GlobalVariable): void {
    if (global.initializer === undefined || global.linkage === 'available_externally') return;
    const bytes = sizeOf(this.#module, global.type);
    const image = dataImage(this.#module, global.initializer, bytes, global.name, this.#littleEndian);
    const align = global.align > 0 ? global.align : alignOf(this.#module, global.type);
    const section = this.#section(...sectionOf(global, image), align);
    this.images.set(global, image);
    this.variables.set(global, this.#place(section, bytes, align));
  }

  /** Gives each section its bytes' room; call it when all is placed. */
  close(): void {
    for (const section of this.all) section.data = new Uint8Array(this.#ends.get(section) ?? 0);
    for (const [global, { section, offset }] of this.variables) {
      section.data.set(this.images.get(global)?.bytes ?? [], offset);
    }
  }

  #place(section: NewSection, size: number, align: number): Place {
    const end = this.#ends.get(section) ?? 0;
    const offset = Math.ceil(end / align) * align;
    this.#ends.set(section, offset + size);
    return { section, offset, size };
  }

  #section(name: string, kind: Parameters<typeof newSection>[1], align: number): NewSection {
    const known = this.all.find((section) => section.name === name);
    if (known === undefined) {
      const section = newSection(name, kind, align);
      this.all.push(section);
      return section;
    }
    known.align = Math.max(known.align, align);
    return known;
  }
}

const MERGED_SIZES = new Set([4, 8, 16, 32]);

/** The section that clang gives a variable. */
function sectionOf(
  global: GlobalVariable,
  image: DataImage,
): [name: string, kind: Parameters<typeof newSection>[1]] {
  const zero = image.relocations.length === 0 && image.bytes.every((byte) => byte === 0);
  const { section } = global;
  if (section !== undefined) {
    const isZero = section === '.bss' || section.startsWith('.bss.');
    return [section, isZero ? 'zero' : global.constant || section.startsWith('.rodata') ? 'rodata' : 'data'];
  }
  // An arena's variables, constants too.
  if (global.addressSpace !== 0) return [`.addr_space.${global.addressSpace}`, 'data'];
  if (!global.constant) return zero ? ['.bss', 'zero'] : ['.data', 'data'];
  // What nobody asks the address of lies where a linker may merge it.
  if (global.unnamedAddress !== 'global' || image.relocations.length > 0) return ['.rodata', 'rodata'];
  if (image.bytes.length > 0 && image.bytes.indexOf(0) === image.bytes.length - 1)
    return ['.rodata.str1.1', 'strings'];
  return MERGED_SIZES.has(image.bytes.length)
    ? [`.rodata.cst${image.bytes.length}`, 'rodata']
    : ['.rodata', 'rodata'];
}
