import {
  type ElfFile,
  type ElfRelocation,
  type ElfSection,
  readElf,
  relocationsOf,
} from '../../elf/index.js';
import { decodeInsns, INSN_BYTES, operationAt } from '../../isa/index.js';
import { operationText } from './operation-text.js';

const EXECUTABLE = 4;
const FUNCTION = 2;
const RELOCATIONS: Readonly<Record<number, string>> = {
  1: 'R_BPF_64_64',
  2: 'R_BPF_64_ABS64',
  10: 'R_BPF_64_32',
};

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** The code of an object as `llvm-objdump -d -r` writes it. */
export function assemblyText(object: Uint8Array): string {
  const elf = readElf(object);
  return elf.sections
    .filter(({ flags, size }) => (flags & EXECUTABLE) !== 0 && size > 0)
    .map((section) => sectionText(elf, section, relocationsOf(elf, section)))
    .join('');
}

function sectionText(elf: ElfFile, section: ElfSection, relocations: readonly ElfRelocation[]): string {
  const insns = decodeInsns(section.data, elf.littleEndian);
  const starts = elf.symbols
    .filter((symbol) => symbol.section === section.index && symbol.type === FUNCTION)
    .sort((a, b) => a.value - b.value);
  const placeOf = (at: number): string => {
    const symbol = starts.findLast(({ value }) => value <= at);
    if (symbol === undefined) return '';
    return at === symbol.value
      ? ` <${symbol.name}>`
      : ` <${symbol.name}+0x${(at - symbol.value).toString(16)}>`;
  };
  const lines = [`\nDisassembly of section ${section.name}:\n`];
  for (let index = 0; index < insns.length; ) {
    const at = index * INSN_BYTES;
    const start = starts.find(({ value }) => value === at);
    if (start !== undefined) lines.push(`\n${hex(at, 16)} <${start.name}>:\n`);
    const operation = operationAt(insns, index);
    const slots = operation.kind === 'ld_imm64' ? 2 : 1;
    const bytes = section.data.subarray(at, at + slots * INSN_BYTES);
    const code = [...bytes].map((byte) => hex(byte, 2)).join(' ');
    const jump = 'offset' in operation && operation.kind !== 'call_local';
    const target = jump ? placeOf((index + 1 + operation.offset) * INSN_BYTES) : '';
    lines.push(`${String(index).padStart(8)}:\t${code}\t${operationText(operation)}${target}\n`);
    for (const { type, symbol } of relocations.filter(({ offset }) => offset === at)) {
      const name = symbol.name === '' ? elf.sections[Number(symbol.section)]?.name : symbol.name;
      lines.push(`\t\t${hex(at, 16)}:  ${RELOCATIONS[type] ?? type}\t${name}\n`);
    }
    index += slots;
  }
  return lines.join('');
}

/** The bytes of a section, none when the object has none of that name. */
export function sectionBytes(object: Uint8Array, name: string): Uint8Array {
  return readElf(object).sections.find((section) => section.name === name)?.data ?? new Uint8Array();
}
