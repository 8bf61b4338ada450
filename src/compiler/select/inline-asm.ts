import type { Reg, Width } from '../../isa/index.js';
import { constantAddress } from '../emit/data.js';
import type { Operand } from '../ir/instruction.js';
import type { InlineAsm, ValueId } from '../ir/value.js';
import type { AsmOperand, MachineBlockId, SymbolReference, VirtualRegister } from '../machine/instruction.js';
import { addressOf } from './address.js';
import type { Selector } from './selector.js';
import { registerOf } from './values.js';

interface Assembly {
  readonly arguments: readonly Operand[];
}

interface Constraint {
  readonly kind: 'output' | 'input' | 'label';
  readonly early: boolean;
  readonly indirect: boolean;
  readonly code: string;
}

/** Selects inline assembly; `goto` ends its block and has the targets after `next`. */
export function selectAsm(
  s: Selector,
  id: ValueId | undefined,
  call: Assembly,
  asm: InlineAsm,
  jumps: { readonly next: MachineBlockId; readonly targets: readonly MachineBlockId[] } | undefined,
): void {
  const { constraints, clobbers } = parseConstraints(asm.constraints);
  const outputs = outputTypes(s, asm);
  const results: VirtualRegister[] = [];
  const operands: AsmOperand[] = [];
  const inputs = [...call.arguments];
  const labels = [...(jumps?.targets ?? [])];
  for (const constraint of constraints) {
    if (constraint.kind === 'label') {
      const block = labels.shift();
      if (block !== undefined) operands.push({ kind: 'label', block });
    } else if (constraint.kind === 'output' && !constraint.indirect) {
      const width = asmWidth(constraint.code);
      const reg = s.builder.register(width);
      results.push(reg);
      operands.push({ kind: 'output', reg, fixed: fixedRegister(constraint.code), early: constraint.early });
    } else {
      const argument = inputs.shift();
      if (typeof argument !== 'number') s.unsupported('inline assembly has fewer operands than constraints');
      operands.push(inputOperand(s, constraint, argument, operands));
    }
  }
  const names = symbolsIn(s, asm.template);
  s.builder.emit({ kind: 'asm', template: asm.template, operands, names, clobbers, next: jumps?.next });
  if (id === undefined) return;
  s.set(id, ...results.map((reg, index) => s.builder.copy(reg, (outputs[index] ?? 64) <= 32 ? 32 : 64)));
}

/** The module's functions and variables that a template names: `call bpf_throw`, `r1 = map ll`. */
function symbolsIn(s: Selector, template: string): Map<string, SymbolReference> {
  const words = new Set(template.match(/[A-Za-z_]\w*/g));
  const names = new Map<string, SymbolReference>();
  s.module.values.forEach((value, id) => {
    const table =
      value.kind === 'function' ? s.module.functions : value.kind === 'global' ? s.module.globals : undefined;
    const name = 'index' in value ? table?.[value.index]?.name : undefined;
    if (name !== undefined && words.has(name)) names.set(name, { value: id as ValueId, addend: 0 });
  });
  return names;
}

/** Bits of each result. */
function outputTypes(s: Selector, asm: InlineAsm): number[] {
  const type = s.type(asm.functionType);
  const returns = type.kind === 'function' ? s.type(type.returns) : undefined;
  if (returns === undefined || returns.kind === 'void') return [];
  if (returns.kind === 'struct') return (returns.elements ?? []).map((element) => s.bits(s.type(element)));
  return [s.bits(returns)];
}

/** `r` names whole registers even for narrow values; `w` names lower halves. */
function asmWidth(code: string): Width {
  return code === 'w' ? 32 : 64;
}

function inputOperand(
  s: Selector,
  { code, indirect }: Constraint,
  argument: ValueId,
  operands: readonly AsmOperand[],
): AsmOperand {
  if (indirect || code === 'm') {
    const { base, offset } = addressOf(s, argument);
    return { kind: 'memory', base, offset };
  }
  const number = s.constantOf(argument);
  if (/[inIJKX]/.test(code) && number !== undefined) return { kind: 'imm', imm: number };
  if (/[iX]/.test(code)) {
    const symbol =
      s.value(argument).kind === 'result' ? undefined : constantAddress(s.module, s.fn, argument);
    if (symbol?.symbol !== undefined)
      return { kind: 'symbol', symbol: { value: symbol.symbol, addend: symbol.addend } };
    // The number of a helper, which C knows as a pointer.
    if (symbol !== undefined) return { kind: 'imm', imm: BigInt(symbol.addend) };
  }
  const fixed = fixedRegister(code);
  if (!/[rwX0-9]/.test(code) && fixed === undefined) {
    s.unsupported(
      /^[in]+$/.test(code)
        ? 'inline assembly asks for a constant, and its operand is none'
        : `inline assembly has a constraint '${code}' that BPF does not have`,
    );
  }
  const width = asmWidth(code);
  const reg = s.builder.copy(registerOf(s, argument), width);
  if (/^\d+$/.test(code)) {
    const output = operands[Number(code)];
    // A tied input has the register of its output, whatever its own width.
    if (output?.kind === 'output') {
      const same = s.builder.copy(reg, s.builder.widthOf(output.reg));
      return { kind: 'tied', reg: same, output: Number(code) };
    }
  }
  return { kind: 'input', reg, fixed };
}

function fixedRegister(code: string): Reg | undefined {
  const [, number] = /^\{[rw](\d+)\}$/.exec(code) ?? [];
  return number === undefined ? undefined : (Number(number) as Reg);
}

/** Splits LLVM's constraint string: `=&r,=*m,r,i,0,~{r1},~{memory}`. */
function parseConstraints(text: string): { readonly constraints: Constraint[]; readonly clobbers: Reg[] } {
  const constraints: Constraint[] = [];
  const clobbers: Reg[] = [];
  for (const part of text === '' ? [] : text.split(',')) {
    if (part.startsWith('~')) {
      const register = fixedRegister(part.slice(1));
      if (register !== undefined && register < 10) clobbers.push(register);
      continue;
    }
    const [, kind, early, indirect, code = ''] = /^([=!]?)(&?)(\*?)(.*)$/.exec(part) ?? [];
    // Of alternatives (`r|m`) the first is as good as any.
    const [first = ''] = code.split('|');
    constraints.push({
      kind: kind === '=' ? 'output' : kind === '!' ? 'label' : 'input',
      early: early === '&',
      indirect: indirect === '*',
      code: first,
    });
  }
  return { constraints, clobbers: [...new Set(clobbers)] };
}
