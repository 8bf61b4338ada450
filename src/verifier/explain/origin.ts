import { ALU_OPS, type Operation } from '../../isa/index.js';
import { TYPE_BASE_MASK, TYPE_NOT_INIT, TYPE_SCALAR } from '../state/layout.js';
import { type HistoryEntry, type Told, valueBefore } from './history.js';
import type { Change, Step } from './trace.js';
import { inspect, type Value } from './value.js';
import { valueWords } from './value-words.js';

/** What one instruction did to one register, and where to look for what was there before. */
export interface Origin {
  readonly kind: HistoryEntry['kind'];
  readonly text: string;
  /** Where the value came from; undefined when it begins here. */
  readonly from?: { readonly reg: number; readonly slot?: number };
  /** The frame of `from`, when it is another one. */
  readonly frame?: number;
}

const SYMBOLS = new Map(ALU_OPS.map(({ name, symbol }) => [name as string, symbol]));

export function describeOrigin(
  told: Told,
  index: number,
  step: Step,
  operation: Operation,
  change: Change,
): Origin {
  const { reg } = change;
  switch (operation.kind) {
    case 'alu':
      if (operation.dst !== reg) return learnt(reg, 'known more exactly through another copy');
      return arithmetic(told, index, step, operation);
    case 'movsx':
      return { kind: 'moved', text: `sign-extended from r${operation.src}`, from: { reg: operation.src } };
    case 'neg':
      return { kind: 'computed', text: 'negated', from: { reg } };
    case 'end':
      return { kind: 'computed', text: 'its bytes were swapped', from: { reg } };
    case 'ld_imm64':
      return { kind: 'constant', text: 'set to a constant or an address' };
    case 'load':
      return loaded(told, index, step, operation);
    case 'branch':
      return learnt(reg, comparison(told, index, step, operation, change));
    case 'call_helper':
      return called(told.helperName(operation.id), change);
    case 'call_kfunc':
      return called(kernelFunctionName(told, operation.btfId), change);
    case 'call_local':
      return reg === 0 && !isUnset(change.after)
        ? { kind: 'called', text: 'result of a global function, of which only the type is known' }
        : { kind: 'cleared', text: 'cleared by the call: r1 to r5 do not survive one' };
    case 'exit':
      return { kind: 'moved', text: 'returned by the called function', from: { reg: 0 }, frame: step.frame };
    case 'atomic':
      return { kind: 'loaded', text: 'the old value of an atomic operation: any number' };
    default:
      return { kind: 'computed', text: 'changed' };
  }
}

function learnt(reg: number, text: string): Origin {
  return { kind: 'learnt', text, from: { reg } };
}

function isUnset(value: Value): boolean {
  return inspect(value, (memory, reg) => memory.type(reg) === TYPE_NOT_INIT);
}

function arithmetic(told: Told, index: number, step: Step, operation: Operation & { kind: 'alu' }): Origin {
  const { op, src, dst, width } = operation;
  if (op === 'mov') {
    if (src.kind === 'imm') return { kind: 'constant', text: `set to ${src.imm}` };
    const cut = width === 32 ? ', its lower 32 bits' : '';
    return { kind: 'moved', text: `copied from r${src.reg}${cut}`, from: { reg: src.reg } };
  }
  const symbol = SYMBOLS.get(op) ?? op;
  if (src.kind === 'imm') return { kind: 'computed', text: `${symbol} ${src.imm}`, from: { reg: dst } };
  const other = valueBefore(told, index, step.frame, src.reg);
  const words = other === undefined ? '' : `, which was ${valueWords(other, told.names)}`;
  // A pointer that was added to a number goes on as the pointer.
  const before = valueBefore(told, index, step.frame, dst);
  const fromSource = before !== undefined && other !== undefined && isNumber(before) && !isNumber(other);
  return {
    kind: 'computed',
    text: `${symbol} r${src.reg}${words}`,
    from: { reg: fromSource ? src.reg : dst },
  };
}

function isNumber(value: Value): boolean {
  return inspect(value, (memory, reg) => memory.type(reg) === TYPE_SCALAR);
}

function loaded(told: Told, index: number, step: Step, operation: Operation & { kind: 'load' }): Origin {
  const { base, off, bytes } = operation;
  const slot = step.slots[0];
  if (slot !== undefined) {
    return {
      kind: 'filled',
      text: `loaded from the stack, fp-${(slot.slot + 1) * 8}`,
      from: { reg: base, slot: slot.slot },
      frame: slot.frame,
    };
  }
  const pointer = valueBefore(told, index, step.frame, base);
  const type =
    pointer === undefined ? 0 : inspect(pointer, (memory, reg) => memory.type(reg) & TYPE_BASE_MASK);
  const field = fieldName(told, type, off);
  if (field !== undefined) return { kind: 'loaded', text: `loaded from ctx->${field}` };
  const where = pointer === undefined ? 'memory' : valueWords(pointer, told.names);
  return { kind: 'loaded', text: `${bytes} bytes loaded at offset ${off} of ${where}` };
}

const CTX = 2;

function fieldName(told: Told, type: number, off: number): string | undefined {
  const { fields } = told.program.hook.ctx;
  if (type !== CTX || typeof fields === 'string') return undefined;
  return fields.find(({ offset, size }) => off >= offset && off < offset + size)?.name;
}

const RELATIONS: Readonly<Record<string, string>> = {
  jeq: '==',
  jne: '!=',
  jgt: '>',
  jge: '>=',
  jlt: '<',
  jle: '<=',
  jsgt: 's>',
  jsge: 's>=',
  jslt: 's<',
  jsle: 's<=',
  jset: '&',
};

function comparison(
  told: Told,
  index: number,
  step: Step,
  operation: Operation & { kind: 'branch' },
  change: Change,
): string {
  const { dst, src, op, offset } = operation;
  const next = told.trace.steps[index + 1]?.insn;
  const taken = next === step.insn + 1 + offset && offset !== 0;
  const right = src.kind === 'imm' ? String(src.imm) : `r${src.reg}`;
  const outcome = taken ? 'true' : 'false';
  const through =
    change.reg === dst || (src.kind === 'reg' && change.reg === src.reg)
      ? ''
      : `, through r${dst}, its copy or base`;
  return `the comparison r${dst} ${RELATIONS[op] ?? op} ${right} is ${outcome} on this path${through}`;
}

function kernelFunctionName(told: Told, id: number): string {
  const func = told.program.kernelBtf?.types.at(id);
  return func?.kind === 'func' ? func.name : 'a kernel function';
}

function called(name: string, { reg, before, after }: Change): Origin {
  if (reg === 0 && !isUnset(after)) return { kind: 'called', text: `result of ${name}` };
  if (isUnset(after))
    return { kind: 'cleared', text: `cleared by the call of ${name}: r1 to r5 do not survive a call` };
  const wasPointer = inspect(before, (memory, at) => memory.type(at) !== TYPE_SCALAR);
  return wasPointer
    ? {
        kind: 'lost',
        text: `${name} may move or resize the packet: pointers into it are plain numbers now`,
        from: { reg },
      }
    : { kind: 'computed', text: `changed by ${name}`, from: { reg } };
}
