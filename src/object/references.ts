import { BINDING } from '../elf/constants.js';
import { type ElfRelocation, type ElfSection, relocationsOf } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { CALL, CLASS, INSN_BYTES, type Insn, JMP_CALL, OPCODE_LD_IMM64 } from '../isa/index.js';
import type { ObjectContext } from './context.js';
import type { Externs } from './externs.js';
import type { CodeSection } from './functions.js';

/** What an instruction refers to. Slots count from the start of the code section. */
export type Reference =
  | { readonly kind: 'call' | 'function'; readonly section: number; readonly slot: number }
  | { readonly kind: 'map'; readonly map: string }
  | { readonly kind: 'map_value'; readonly map: string; readonly offset: number }
  | { readonly kind: 'ksym'; readonly symbol: string; readonly weak: boolean; readonly typed: boolean }
  | { readonly kind: 'kfunc'; readonly symbol: string; readonly weak: boolean };

/** Where symbols of the object lead. */
export interface Targets {
  readonly code: ReadonlyMap<number, CodeSection>;
  /** By section index, then by offset. */
  readonly maps: ReadonlyMap<number, ReadonlyMap<number, string>>;
  /** Global-data sections, by index, and the maps that stand for them. */
  readonly data: ReadonlyMap<number, string>;
  readonly externs: Externs;
}

const OPCODE_CALL = CLASS.JMP | JMP_CALL;

/** All references that a code section's relocations make, by instruction slot. */
export function readReferences(
  context: ObjectContext,
  code: CodeSection,
  targets: Targets,
): Map<number, Reference> {
  const references = new Map<number, Reference>();
  for (const relocation of relocationsOf(context.elf, code.section)) {
    const slot = relocation.offset / INSN_BYTES;
    const insn = code.insns[slot];
    if (insn === undefined)
      throw misplaced(code.section, relocation, 'it is not at the start of an instruction');
    references.set(slot, referenceOf(context, code, relocation, insn, targets));
  }
  return references;
}

function misplaced(section: ElfSection, { offset, symbol, type }: ElfRelocation, why: string) {
  const name = symbol.name === '' ? `symbol ${symbol.index}` : symbol.name;
  return objectError(
    'OBJECT_BAD_RELOCATION',
    `${section.name}: the relocation at offset ${offset} against ${name} makes no sense: ${why}`,
    {
      facts: { section: section.name, offset, symbol: name, type },
    },
  );
}

function referenceOf(
  context: ObjectContext,
  code: CodeSection,
  relocation: ElfRelocation,
  insn: Insn,
  targets: Targets,
): Reference {
  const { symbol } = relocation;
  if (insn.opcode === OPCODE_CALL) {
    if (symbol.section === 'undefined') return kernelFunction(code.section, relocation, targets.externs);
    if (insn.src !== CALL.LOCAL)
      throw misplaced(code.section, relocation, `the call's src is ${insn.src}, not 1`);
    // The immediate is the addend: -1 against a function's own symbol, the distance less 1 against its section's.
    const slot = symbol.value / INSN_BYTES + insn.imm + 1;
    return functionReference('call', code.section, relocation, slot, targets);
  }
  if (insn.opcode !== OPCODE_LD_IMM64)
    throw misplaced(code.section, relocation, `instruction 0x${insn.opcode.toString(16)} takes no address`);
  if (symbol.section === 'undefined') return externalData(code.section, relocation, insn, targets.externs);
  if (typeof symbol.section !== 'number')
    throw misplaced(
      code.section,
      relocation,
      `the symbol is ${symbol.section}; only symbols in sections have an address`,
    );
  const address = symbol.value + insn.imm;
  if (targets.code.has(symbol.section))
    return functionReference('function', code.section, relocation, address / INSN_BYTES, targets);
  return dataReference(context, code.section, relocation, symbol.section, address, targets);
}

function functionReference(
  kind: 'call' | 'function',
  section: ElfSection,
  relocation: ElfRelocation,
  slot: number,
  targets: Targets,
): Reference {
  const place = relocation.symbol.section;
  const target = typeof place === 'number' ? targets.code.get(place) : undefined;
  if (typeof place !== 'number' || target === undefined)
    throw misplaced(section, relocation, 'the symbol is not in a section of instructions');
  if (target.insns[slot] === undefined)
    throw misplaced(
      section,
      relocation,
      `${target.section.name} has no instruction at byte ${slot * INSN_BYTES}`,
    );
  return { kind, section: place, slot };
}

function kernelFunction(section: ElfSection, relocation: ElfRelocation, externs: Externs): Reference {
  const { name } = relocation.symbol;
  const found = externs.bySymbol.get(name);
  if (found?.kind === 'kfunc') return { kind: 'kfunc', symbol: name, weak: found.weak };
  throw undefinedSymbol(section, relocation, 'called');
}

function externalData(
  section: ElfSection,
  relocation: ElfRelocation,
  insn: Insn,
  externs: Externs,
): Reference {
  const { name } = relocation.symbol;
  const found = externs.bySymbol.get(name);
  if (found === undefined) throw undefinedSymbol(section, relocation, 'used');
  if (found.kind === 'kconfig') return { kind: 'map_value', map: found.map, offset: found.offset + insn.imm };
  return { kind: 'ksym', symbol: name, weak: found.weak, typed: found.kind === 'kfunc' || found.typed };
}

function undefinedSymbol(section: ElfSection, { offset, symbol }: ElfRelocation, how: string) {
  return objectError(
    'OBJECT_UNDEFINED_SYMBOL',
    `${section.name}: ${symbol.name || 'a nameless symbol'} is ${how} at offset ${offset}, but the object does not define it`,
    {
      facts: { section: section.name, offset, symbol: symbol.name, weak: symbol.binding === BINDING.WEAK },
      hint: 'define it, link the object that does, or declare it with __ksym or __kconfig and compile with -g',
    },
  );
}

function dataReference(
  { elf }: ObjectContext,
  section: ElfSection,
  relocation: ElfRelocation,
  place: number,
  address: number,
  targets: Targets,
): Reference {
  const maps = targets.maps.get(place);
  if (maps !== undefined) {
    const map = maps.get(address);
    if (map === undefined)
      throw misplaced(
        section,
        relocation,
        `no map is defined at offset ${address} of ${elf.sections[place]?.name}`,
      );
    return { kind: 'map', map };
  }
  const data = targets.data.get(place);
  const target = elf.sections[place];
  if (data === undefined)
    throw misplaced(section, relocation, `${target?.name || `section ${place}`} holds no maps and no data`);
  if (address < 0 || address > (target?.size ?? 0))
    throw misplaced(section, relocation, `byte ${address} is outside ${target?.name}`);
  return { kind: 'map_value', map: data, offset: address };
}
