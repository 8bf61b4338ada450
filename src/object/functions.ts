import { BINDING, FLAG, SECTION, SYMBOL_TYPE } from '../elf/constants.js';
import type { ElfSection, ElfSymbol } from '../elf/index.js';
import { objectError } from '../errors/object.js';
import { decodeInsns, INSN_BYTES, type Insn } from '../isa/index.js';
import type { ObjectContext } from './context.js';

/** A section of instructions. */
export interface CodeSection {
  readonly section: ElfSection;
  readonly insns: readonly Insn[];
  /** Ascending by `start`. */
  readonly functions: readonly CodeFunction[];
  /** Of several names of one place, the first. */
  readonly byStart: ReadonlyMap<number, CodeFunction>;
}

/** One function where it stands in its section; `start` and `end` are instruction slots. */
export interface CodeFunction {
  readonly name: string;
  readonly code: ElfSection;
  readonly start: number;
  readonly end: number;
  readonly linkage: 'static' | 'global';
  /** A program of its own, not only something that programs call. */
  readonly entry: boolean;
}

/** Reads all executable sections and finds the functions in them. */
export function readCode({ elf }: ObjectContext): Map<number, CodeSection> {
  const sections = elf.sections.filter(
    (section) => section.type === SECTION.PROGBITS && (section.flags & FLAG.EXEC) !== 0 && section.size > 0,
  );
  // Without program sections, as in hand-made test objects, the functions of .text are the programs.
  const onlyText = sections.every((section) => section.name === '.text');
  const symbols = new Map<number, ElfSymbol[]>();
  for (const symbol of elf.symbols) {
    if (typeof symbol.section !== 'number') continue;
    const list = symbols.get(symbol.section);
    if (list === undefined) symbols.set(symbol.section, [symbol]);
    else list.push(symbol);
  }
  return new Map(
    sections.map((section) => [
      section.index,
      readSection(section, symbols.get(section.index) ?? [], onlyText, elf.littleEndian),
    ]),
  );
}

function readSection(
  section: ElfSection,
  symbols: readonly ElfSymbol[],
  onlyText: boolean,
  littleEndian: boolean,
): CodeSection {
  if (section.size % INSN_BYTES !== 0)
    throw objectError(
      'OBJECT_MALFORMED',
      `${section.name}: ${section.size} bytes are no whole number of instructions`,
      {
        facts: { section: section.name, offset: section.offset, length: section.size },
      },
    );
  const insns = decodeInsns(section.data, littleEndian);
  const isProgram = section.name !== '.text' || onlyText;
  const named = functionSymbols(symbols).sort((a, b) => a.value - b.value || a.index - b.index);
  const starts = [...new Set(named.map((symbol) => symbol.value))];
  const nextStart = new Map(starts.map((start, index) => [start, starts[index + 1] ?? section.size]));
  const functions = named.map((symbol) => {
    const size = symbol.size === 0 ? (nextStart.get(symbol.value) ?? 0) - symbol.value : symbol.size;
    return toFunction(section, symbol, size, isProgram);
  });
  if (functions.length === 0)
    functions.push({
      name: section.name.replace(/[^A-Za-z0-9_]/g, '_'),
      code: section,
      start: 0,
      end: insns.length,
      linkage: 'global',
      entry: isProgram,
    });
  const byStart = new Map([...functions].reverse().map((entry) => [entry.start, entry]));
  return { section, insns, functions, byStart };
}

/** Objects of clang before 4 have functions without a type; their labels (`LBB0_1`) are local. */
function functionSymbols(symbols: readonly ElfSymbol[]): ElfSymbol[] {
  const typed = symbols.filter((symbol) => symbol.type === SYMBOL_TYPE.FUNC);
  if (typed.length > 0) return typed;
  return symbols.filter(
    (symbol) => symbol.type === SYMBOL_TYPE.NOTYPE && symbol.binding !== BINDING.LOCAL && symbol.name !== '',
  );
}

function toFunction(section: ElfSection, symbol: ElfSymbol, size: number, isProgram: boolean): CodeFunction {
  const end = symbol.value + size;
  if (symbol.value % INSN_BYTES !== 0 || size % INSN_BYTES !== 0 || end > section.size || size === 0)
    throw objectError(
      'OBJECT_MALFORMED',
      `${section.name}: function ${symbol.name} (${size} bytes at offset ${symbol.value}) is not within its ${section.size} bytes of instructions`,
      { facts: { section: section.name, offset: symbol.value, length: size, symbol: symbol.name } },
    );
  const isStatic = symbol.binding === BINDING.LOCAL;
  return {
    name: symbol.name,
    code: section,
    start: symbol.value / INSN_BYTES,
    end: end / INSN_BYTES,
    linkage: isStatic ? 'static' : 'global',
    entry: isProgram && !isStatic,
  };
}

/** The function that holds an instruction slot. */
export function functionAt(code: CodeSection, slot: number): CodeFunction | undefined {
  const { functions } = code;
  let low = 0;
  let high = functions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((functions[middle]?.start ?? 0) <= slot) low = middle + 1;
    else high = middle;
  }
  const found = functions[low - 1];
  if (found === undefined || slot >= found.end) return undefined;
  return code.byStart.get(found.start);
}
