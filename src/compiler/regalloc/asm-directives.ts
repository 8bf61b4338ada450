import { AsmError, decodeInsns, formatInsn, INSN_BYTES } from '../../isa/index.js';

const BYTES: Readonly<Record<string, number>> = {
  '.byte': 1,
  '.2byte': 2,
  '.short': 2,
  '.hword': 2,
  '.4byte': 4,
  '.long': 4,
  '.int': 4,
  '.8byte': 8,
  '.quad': 8,
};
const MAY_GOTO = 0xe5;
const GOTO = 0x05;

/**
 * Inline assembly without directives: `.ifc A, B` and `.if A == B` with `.else` and `.endif` decided, and instructions
 * that are spelled as data (`.byte 0xe5`, `.long …`), as is done for assemblers that do not know them yet, by name.
 *
 * @throws AsmError for other directives, and data that is no whole instruction
 */
export function withoutDirectives(lines: readonly string[]): string[] {
  if (!lines.some((line) => /^\s*(?:\w+:)?\s*\./.test(line))) return [...lines];
  const result: string[] = [];
  const conditions: boolean[] = [];
  let data = new Data();
  for (const raw of lines) {
    const [, label = '', line = ''] = /^\s*(\w+:(?!\s*\())?\s*(.*?)\s*$/.exec(raw) ?? [];
    if (label !== '') result.push(label);
    const [, directive, rest = ''] = /^(\.\w+)\s*(.*)$/.exec(line) ?? [];
    if (directive === '.ifc') {
      const [left, right] = rest.split(',').map((part) => part.trim());
      conditions.push(left === right);
    } else if (directive === '.if') conditions.push(isTrue(rest));
    else if (directive === '.else') conditions.push(conditions.pop() === false);
    else if (directive === '.endif') conditions.pop();
    else if (!conditions.every(Boolean)) continue;
    else if (directive !== undefined && directive in BYTES) {
      for (const part of rest.split(',')) data.add(part.trim(), BYTES[directive] ?? 0);
      if (data.isWhole) {
        result.push(data.text());
        data = new Data();
      }
    } else if (directive !== undefined && directive !== '.insn') throw fault(`${directive} is not supported`);
    else if (line !== '') result.push(line);
  }
  if (!data.isEmpty) throw fault('the bytes do not make up whole instructions');
  return result;
}

function fault(message: string): AsmError {
  return new AsmError('ASM_SYNTAX', 1, 1, message);
}

function isTrue(condition: string): boolean {
  const [, left = '', operator, right = ''] = /^(.*?)(==|!=)(.*)$/.exec(condition) ?? [];
  if (operator === undefined) return numberOf(condition) !== 0n;
  return (numberOf(left) === numberOf(right)) === (operator === '==');
}

function numberOf(text: string): bigint {
  const [, minus, digits] = /^\s*(-?)\s*(0x[\da-fA-F]+|\d+)\s*$/.exec(text) ?? [];
  if (digits === undefined) throw fault(`${text.trim()} is no number`);
  return minus === '-' ? -BigInt(digits) : BigInt(digits);
}

/** The bytes of one instruction or of a 64-bit load. */
class Data {
  readonly #bytes: number[] = [];
  /** Where a jump goes whose distance is written as an expression of labels. */
  #label: string | undefined;

  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  get isWhole(): boolean {
    return this.#bytes.length === INSN_BYTES * (this.#bytes[0] === 0x18 ? 2 : 1);
  }

  add(text: string, bytes: number): void {
    const label = /\bskep_block_\d+\b/.exec(text)?.[0];
    if (label !== undefined) this.#label = label;
    const value = label === undefined ? numberOf(text) : 0n;
    for (let at = 0; at < bytes; at++) this.#bytes.push(Number((value >> BigInt(8 * at)) & 255n));
  }

  text(): string {
    const [opcode] = this.#bytes;
    if (this.#label !== undefined) {
      if (opcode === MAY_GOTO) return `may_goto ${this.#label}`;
      if (opcode === GOTO) return `goto ${this.#label}`;
      throw fault('only jumps can go to a label');
    }
    return formatInsn(decodeInsns(Uint8Array.from(this.#bytes), true), 0, { style: 'asm' });
  }
}
