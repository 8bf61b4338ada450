import { AsmError, assemble, operationAt, type Reg } from '../../isa/index.js';
import type {
  AsmOperand,
  MachineBlockId,
  MachineInstruction,
  SymbolReference,
} from '../machine/instruction.js';
import { SourceProblem } from '../problem.js';
import { withoutDirectives } from './asm-directives.js';
import type { Ending, Frame, ItemOperand, Placed } from './item.js';
import { type Lowering, nodeOf } from './lower.js';

type Asm = Extract<MachineInstruction, { kind: 'asm' }>;

/** Inline assembly as one item: its text becomes code once its registers are known. */
export function lowerAsm(lowering: Lowering, asm: Asm): Ending | undefined {
  const operands: ItemOperand[] = [];
  /** By operand of the assembly: which register operand it is. */
  const positions: (number | undefined)[] = [];
  const results: { readonly to: number; readonly from: Reg }[] = [];
  const tied = new Set(asm.operands.flatMap((operand) => (operand.kind === 'tied' ? [operand.output] : [])));
  for (const [index, operand] of asm.operands.entries()) {
    positions.push(operands.length);
    switch (operand.kind) {
      case 'output': {
        const node = operand.fixed ?? nodeOf(operand.reg);
        if (operand.fixed !== undefined) results.push({ to: nodeOf(operand.reg), from: operand.fixed });
        operands.push({ node, role: tied.has(index) ? 'both' : 'def', early: operand.early });
        break;
      }
      case 'input':
        if (operand.fixed !== undefined) lowering.move(operand.fixed, nodeOf(operand.reg));
        operands.push({ node: operand.fixed ?? nodeOf(operand.reg), role: 'use' });
        break;
      case 'tied': {
        const output = asm.operands[operand.output];
        if (output?.kind === 'output') lowering.move(output.fixed ?? nodeOf(output.reg), nodeOf(operand.reg));
        positions[index] = positions[operand.output];
        break;
      }
      case 'memory':
        operands.push(...lowering.base(operand.base));
        if (operand.base.kind === 'slot') positions[index] = undefined;
        break;
      default:
        positions[index] = undefined;
    }
  }
  const make = (registers: readonly Reg[], frame: Frame) => asmCode(asm, positions, registers, frame);
  lowering.item(operands, make, { clobbers: asm.clobbers, clobbersEarly: true });
  for (const { to, from } of results) lowering.move(to, from);
  if (asm.next === undefined) return undefined;
  const targets = asm.operands.flatMap((operand) => (operand.kind === 'label' ? [operand.block] : []));
  return { kind: 'asm', next: asm.next, targets };
}

let unique = 0;
const SYMBOL_MARK = 0x7e57_0000;
const CALL_SYMBOL = { kind: 'call_local', offset: -1 } as const;

/** Fills the template in and assembles it. Jumps out of it are marked by {@link blockLabel}. */
function asmCode(
  asm: Asm,
  positions: readonly (number | undefined)[],
  registers: readonly Reg[],
  frame: Frame,
): readonly Placed[] {
  const symbols: SymbolReference[] = [...asm.names.values()];
  const text = fillTemplate(asm.template, unique++, (index, modifier) => {
    const operand = asm.operands[index];
    if (operand === undefined)
      throw problem(asm, `inline assembly names an operand ${index} that it does not have`);
    const position = positions[index];
    const register = position === undefined ? undefined : registers[position];
    return operandText(
      operand,
      register,
      frame,
      modifier,
      (symbol) => `skep_symbol_${symbols.push(symbol) - 1}`,
    );
  });
  const lines = withoutDirectives(withoutNumericLabels(text.split(/[;\n]/)));
  if (lines.every((line) => line.trim() === '')) return [];
  const blocks = lines.flatMap((line) => [...line.matchAll(/\bskep_block_(\d+)\b/g)].map(([label]) => label));
  try {
    // Labels of blocks stand behind the last instruction, one slot apart: far enough to be told from all others.
    const ends = [...new Set(blocks)].map((label) => `${label}: r0 = r0`);
    const marks = new Map([...asm.names.keys()].map((name, index) => [name, SYMBOL_MARK + index]));
    const markOf = (name: string) => marks.get(name) ?? symbolMark(name);
    const insns = assemble([...lines, ...ends].join('\n'), {
      kfunc: markOf,
      symbol: (name) => {
        const low = markOf(name);
        return low === undefined ? undefined : { pseudo: 'imm', low };
      },
    });
    return decoded(insns, insns.length - ends.length, symbols, [...new Set(blocks)]);
  } catch (error) {
    if (error instanceof AsmError) throw problem(asm, `inline assembly is wrong: ${error.message}`);
    throw error;
  }
}

function problem(asm: Asm, message: string): SourceProblem {
  return new SourceProblem(message, asm.location);
}

function symbolMark(name: string): number | undefined {
  const [, index] = /^skep_symbol_(\d+)$/.exec(name) ?? [];
  return index === undefined ? undefined : SYMBOL_MARK + Number(index);
}

/** A jump of inline assembly out to a block; its offset is known when blocks are in their places. */
export interface AsmJump extends Placed {
  readonly block?: MachineBlockId;
}

function decoded(
  insns: ReturnType<typeof assemble>,
  end: number,
  symbols: readonly SymbolReference[],
  blocks: readonly string[],
): AsmJump[] {
  const result: AsmJump[] = [];
  for (let at = 0; at < end; at++) {
    const operation = operationAt(insns, at);
    if (operation.kind === 'invalid')
      throw new SourceProblem(`inline assembly: ${operation.reason}`, undefined);
    if (operation.kind === 'call_kfunc') {
      const symbol = symbols[operation.btfId - SYMBOL_MARK];
      result.push(symbol === undefined ? { operation } : { operation: CALL_SYMBOL, symbol });
      continue;
    }
    const symbol = operation.kind === 'ld_imm64' ? symbols[operation.low - SYMBOL_MARK] : undefined;
    const target = 'offset' in operation ? at + 1 + operation.offset - end : -1;
    const label = blocks[target];
    if (symbol !== undefined) result.push({ operation, symbol });
    else if (label !== undefined) {
      result.push({ operation, block: Number(label.slice('skep_block_'.length)) as MachineBlockId });
    } else result.push({ operation });
    if (operation.kind === 'ld_imm64') at++;
  }
  return result;
}

function fillTemplate(
  template: string,
  id: number,
  operand: (index: number, modifier: string | undefined) => string,
): string {
  return template.replaceAll(
    /\$(?:(\$)|(\d+)|\{(\d+)(?::(\w))?\}|\{:uid\}|\((.*?)\$\))/g,
    (all, dollar, plain, braced, modifier) => {
      if (dollar !== undefined) return '$';
      if (all.endsWith(':uid}')) return String(id);
      const index = plain ?? braced;
      return index === undefined ? all : operand(Number(index), modifier);
    },
  );
}

function operandText(
  operand: AsmOperand,
  register: Reg | undefined,
  frame: Frame,
  modifier: string | undefined,
  symbolName: (symbol: SymbolReference) => string,
): string {
  switch (operand.kind) {
    case 'output':
    case 'input':
    case 'tied':
      return `${modifier === 'w' ? 'w' : 'r'}${register}`;
    case 'memory': {
      const base = operand.base.kind === 'slot' ? 10 : register;
      const slotOffset = operand.base.kind === 'slot' ? frame.slotOffset(operand.base.slot) : 0;
      const offset = slotOffset + operand.offset;
      return `(r${base} ${offset < 0 ? '-' : '+'} ${Math.abs(offset)})`;
    }
    case 'imm':
      return operand.imm.toString();
    case 'symbol':
      return symbolName(operand.symbol);
    case 'label':
      return `skep_block_${operand.block}`;
    default:
      return operand satisfies never;
  }
}

/** GNU's numeric labels (`1:`, `1b`, `1f`) under names of their own. */
function withoutNumericLabels(lines: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return lines.map((line) => {
    const [, label] = /^\s*(\d+):(?!\s*\()/.exec(line) ?? [];
    let result = line;
    if (label !== undefined) {
      seen.set(label, (seen.get(label) ?? 0) + 1);
      result = line.replace(/^\s*\d+:/, `skep_local_${label}_${seen.get(label)}:`);
    }
    return result.replaceAll(/\b(goto|may_goto|gotol|or_nop)\s+(\d+)([bf])\b/g, (_, word, name, way) => {
      const place = (seen.get(name) ?? 0) + (way === 'f' ? 1 : 0);
      return `${word} skep_local_${name}_${place}`;
    });
  });
}
