import type { ExtRecords } from '../../btf/write-ext.js';
import { writeBtfExt } from '../../btf/write-ext.js';
import { R_BPF } from '../../elf/constants.js';
import { type ElfRelocation, type NewSection, newSection, relocationsOf, writeElf } from '../../elf/index.js';
import { combineError } from '../../errors/object.js';
import { type Input, type LinkInput, readInputs } from './inputs.js';
import { type Placement, placeSections } from './sections.js';
import { combineSymbols, type Symbols } from './symbols.js';
import { type CombinedTypes, combineTypes } from './types.js';

/**
 * Links BPF objects into one, which is relocatable again: sections of one name are joined, what one object declares and
 * another defines is connected, types are told once. Debug information of compilers is left out.
 *
 * @throws {SkepError} `OBJECT_COMBINE` for objects that do not go together, naming both; `ELF_*`, `BTF_*`.
 */
export function combineObjects(objects: readonly LinkInput[]): Uint8Array {
  const inputs = readInputs(objects);
  const [first] = inputs;
  if (first === undefined) throw combineError('there is no object to link', {});
  const { littleEndian } = first.elf;
  const placement = placeSections(inputs);
  const symbols = combineSymbols(inputs, placement);
  for (const input of inputs) moveRelocations(input, placement, symbols, littleEndian);
  const sections = [...placement.sections];
  if (inputs.some(({ btf }) => btf.types.length > 1)) {
    const types = combineTypes(inputs, placement, symbols);
    const records = combineRecords(inputs, placement, types);
    const written = writeBtfExt(types.btf, records, littleEndian);
    sections.push(infoSection('.BTF', written.btf));
    if (records.functions.length + records.lines.length + records.coreRelocations.length > 0)
      sections.push(infoSection('.BTF.ext', written.ext));
  }
  return writeElf(sections, symbols.all, littleEndian);
}

function infoSection(name: string, data: Uint8Array): NewSection {
  return { ...newSection(name, 'info', 8), data };
}

function moveRelocations(input: Input, placement: Placement, symbols: Symbols, littleEndian: boolean): void {
  for (const section of input.sections) {
    const place = placement.place(input, section.index);
    if (place === undefined) continue;
    const { data } = place.section;
    const view = new DataView(data.buffer, data.byteOffset, data.length);
    for (const relocation of relocationsOf(input.elf, section)) {
      const target = symbols.target(input, relocation.symbol);
      if (target === undefined) throw lost(input, section.name, relocation);
      const offset = place.offset + relocation.offset;
      if (offset + 8 > data.length) throw lost(input, section.name, relocation);
      addTo(view, offset, relocation.type, target.delta, littleEndian);
      place.section.relocations.push({ offset, type: relocation.type, symbol: target.symbol });
    }
  }
}

function addTo(view: DataView, offset: number, type: number, delta: number, littleEndian: boolean): void {
  if (delta === 0) return;
  const add32 = (at: number, amount: number) =>
    view.setInt32(at, view.getInt32(at, littleEndian) + amount, littleEndian);
  switch (type) {
    case R_BPF.IMM64:
      add32(offset + 4, delta);
      break;
    case R_BPF.CALL:
      // Calls count instructions.
      add32(offset + 4, delta / 8);
      break;
    case R_BPF.ABS64:
      view.setBigInt64(offset, view.getBigInt64(offset, littleEndian) + BigInt(delta), littleEndian);
      break;
    case R_BPF.ABS32:
      add32(offset, delta);
      break;
    default:
      throw combineError(`relocations of type ${type} are unknown`, { type, offset });
  }
}

function lost({ name }: Input, section: string, { offset, symbol }: ElfRelocation) {
  return combineError(
    `${name}: ${section} refers at offset ${offset} to ${symbol.name || `symbol ${symbol.index}`}, which is in no section that is linked`,
    { input: name, section, offset, symbol: symbol.name },
  );
}

/** What `.BTF.ext` says of the code, at its new place. Records must be in the order of offsets: that of the inputs. */
function combineRecords(inputs: readonly Input[], placement: Placement, types: CombinedTypes): ExtRecords {
  const records: ExtRecords = { functions: [], lines: [], coreRelocations: [] };
  for (const input of inputs) {
    const shifts = new Map(
      input.sections.map(({ name, index }) => [name, placement.place(input, index)?.offset]),
    );
    const moved = <T extends { readonly section: string; readonly offset: number }>(
      rows: readonly T[],
    ): T[] =>
      rows.flatMap((row) => {
        const shift = shifts.get(row.section);
        return shift === undefined ? [] : [{ ...row, offset: row.offset + shift }];
      });
    const typed = <T extends { readonly type: number }>(row: T): T => ({
      ...row,
      type: types.idOf(input, row.type),
    });
    records.functions.push(...moved(input.ext.functions).map(typed));
    records.lines.push(...moved(input.ext.lines));
    records.coreRelocations.push(...moved(input.ext.coreRelocations).map(typed));
  }
  return records;
}
