import type { BpfCpu } from '../front/front.js';
import type { Instruction } from '../ir/instruction.js';
import type { SourceLocation } from '../ir/metadata.js';
import type { IrFunction, IrModule } from '../ir/module.js';
import type { ValueId } from '../ir/value.js';
import type { MachineFunction } from '../machine/function.js';
import type { VirtualRegister } from '../machine/instruction.js';
import { shareComputations } from '../passes/share.js';
import { shareAddresses } from '../passes/share-addresses.js';
import { sinkComputations } from '../passes/sink.js';
import { addUp } from '../passes/sums.js';
import { selectGep } from './address.js';
import { selectBinary, selectCast } from './arithmetic.js';
import { selectCompareExchange, selectReadModifyWrite } from './atomic.js';
import { extendedForCall, extensionOf, selectCall } from './call.js';
import { checkModule, placeOf } from './check.js';
import { cleaned } from './clean.js';
import { branchOn, choose } from './condition.js';
import { selectAsm } from './inline-asm.js';
import { leaves, partsOf, selectAlloca, selectLoad, selectStore } from './memory.js';
import { Selector } from './selector.js';
import { selectSwitch } from './switch.js';
import { registerOf } from './values.js';
import { isWide, selectWide, wordsOf } from './wide.js';

/** Selects machine instructions for every function of a module that has a body. */
export function selectModule(module: IrModule, options: { readonly cpu: BpfCpu }): MachineFunction[] {
  checkModule(module);
  return module.functions.flatMap((fn, index) =>
    fn.blocks.length === 0 || fn.linkage === 'available_externally'
      ? []
      : [selectFunction(module, fn, index, options.cpu)],
  );
}

/** @throws SourceProblem for what BPF cannot do, with its place in the source */
export function selectFunction(
  module: IrModule,
  fn: IrFunction,
  index: number,
  cpu: BpfCpu,
): MachineFunction {
  const s = new Selector(module, fn, cpu);
  const naked =
    fn.attributes?.function.some((attribute) => attribute.kind === 'flag' && attribute.name === 'naked') ===
    true;
  const variables = declaredVariables(s);
  s.begin(0);
  s.builder.location = placeOf(module, fn);
  if (!naked) selectArguments(s);
  // Values come before their uses when blocks are taken along the control flow.
  for (const block of controlFlowOrder(fn)) {
    if (block !== 0) s.begin(block);
    for (const instruction of fn.blocks[block]?.instructions ?? []) {
      s.builder.location = instruction.location;
      selectInstruction(s, instruction, variables);
    }
  }
  s.finishPhis((id, part) => (isWide(s, id) ? (wordsOf(s, id)[part] as VirtualRegister) : registerOf(s, id)));
  const { builder } = s;
  const summed = addUp(builder.blocks, builder.registers);
  const shared = shareComputations(shareAddresses(summed), builder.registers, cpu);
  return {
    index,
    name: fn.name,
    blocks: sinkComputations(cleaned(builder, shared)),
    registers: builder.registers,
    slots: builder.slots,
    naked,
  };
}

function selectArguments(s: Selector): void {
  let next = 0;
  s.fn.values.forEach((value, position) => {
    if (value.kind !== 'argument') return;
    const id = (s.module.values.length + position) as ValueId;
    const registers = leaves(s, value.type).map(({ type }) => {
      if (next === 5) {
        s.unsupported(
          'a function has more than 5 arguments, which is all that BPF has registers for',
          'pass a pointer to a struct',
        );
      }
      const dst = s.builder.register(64);
      s.builder.emit({ kind: 'argument', dst, index: next++ });
      const shape = s.type(type);
      const extension = extensionOf(s.fn.attributes?.parameters[value.index]);
      if (extension === 'zero') s.builder.assumeZeroFrom(dst, s.bits(shape));
      return s.builder.copy(dst, s.width(shape));
    });
    s.set(id, ...registers);
  });
}

/** Blocks that the entry reaches, each after one that leads to it; loops' heads before their bodies. */
function controlFlowOrder(fn: IrFunction): number[] {
  const seen = new Set([0]);
  const done: number[] = [];
  const stack = [{ block: 0, next: 0 }];
  const successors = fn.blocks.map(({ instructions }) => successorsOf(instructions.at(-1)));
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = successors[top.block]?.[top.next++];
    if (target === undefined) {
      done.push(top.block);
      stack.pop();
    } else if (!seen.has(target)) {
      seen.add(target);
      stack.push({ block: target, next: 0 });
    }
  }
  return done.reverse();
}

function successorsOf(terminator: Instruction | undefined): readonly number[] {
  switch (terminator?.kind) {
    case 'br':
      return [terminator.target];
    case 'condbr':
      return [terminator.whenTrue, terminator.whenFalse];
    case 'switch':
      return [terminator.otherwise, ...terminator.cases.map(({ block }) => block)];
    case 'callbr':
      return [terminator.next, ...terminator.targets];
    case 'indirectbr':
      return terminator.targets;
    default:
      return [];
  }
}

/** A variable that lives on the stack: its name, and where it is declared. */
export interface DeclaredVariable {
  readonly name: string;
  readonly location: SourceLocation;
}

/** Variables by the value that is their address. */
function declaredVariables(s: Selector): ReadonlyMap<ValueId, DeclaredVariable> {
  const found = new Map<ValueId, DeclaredVariable>();
  for (const block of s.fn.blocks) {
    for (const record of block.instructions.flatMap(({ debugRecords }) => debugRecords)) {
      if (record.kind === 'label') continue;
      const place = record.kind === 'assign' ? record.address : record.place;
      const node = typeof place === 'number' ? undefined : s.module.metadata[place.metadata];
      const value = typeof place === 'number' ? place : node?.kind === 'value' ? node.value : undefined;
      const variable = s.module.metadata[record.variable];
      if (value === undefined || variable?.kind !== 'local-variable' || variable.name === undefined) continue;
      const location = { ...record.location, line: variable.line, column: 0 };
      found.set(value, { name: variable.name, location });
    }
  }
  return found;
}

function selectInstruction(
  s: Selector,
  instruction: Instruction,
  variables: ReadonlyMap<ValueId, DeclaredVariable>,
): void {
  const { builder } = s;
  const id = instruction.result;
  if (selectWide(s, instruction)) return;
  switch (instruction.kind) {
    case 'binary':
      selectBinary(s, needed(id), instruction);
      return;
    case 'cast':
      selectCast(s, needed(id), instruction);
      return;
    case 'compare':
      // Computed where it is looked at.
      if (!s.uses.only(needed(id), 'condition') && s.uses.count(needed(id)) > 0) {
        s.set(needed(id), registerOf(s, needed(id)));
      }
      return;
    case 'select':
      selectSelect(s, needed(id), instruction);
      return;
    case 'phi':
      s.phi(needed(id), instruction.incoming, [s.width(s.typeOfValue(needed(id)))]);
      return;
    case 'freeze':
      s.set(needed(id), ...partsOf(s, instruction.operand, 1));
      return;
    case 'gep':
      selectGep(s, needed(id), instruction.source, instruction.base, instruction.indices);
      return;
    case 'alloca':
      selectAlloca(s, needed(id), instruction, variables.get(needed(id)));
      return;
    case 'load':
      selectLoad(s, needed(id), instruction);
      return;
    case 'store':
      selectStore(s, instruction);
      return;
    case 'cmpxchg':
      selectCompareExchange(s, needed(id), instruction);
      return;
    case 'rmw':
      selectReadModifyWrite(s, needed(id), instruction);
      return;
    case 'fence':
      // One CPU's accesses stay in order; the compiler's part was to keep them so.
      return;
    case 'extractvalue':
    case 'insertvalue':
      selectAggregate(s, needed(id), instruction);
      return;
    case 'call':
      selectCall(s, id, instruction);
      return;
    case 'callbr': {
      const callee = s.value(instruction.callee);
      if (callee.kind !== 'inline-asm') s.unsupported('only inline assembly can jump');
      const jumps = {
        next: s.entry(instruction.next),
        targets: instruction.targets.map((block) => s.entry(block)),
      };
      selectAsm(s, id, instruction, callee, jumps);
      return;
    }
    case 'ret':
      selectReturn(s, instruction.value);
      return;
    case 'br':
      builder.emit({ kind: 'goto', target: s.entry(instruction.target) });
      return;
    case 'condbr':
      branchOn(s, instruction.condition, s.entry(instruction.whenTrue), s.entry(instruction.whenFalse));
      return;
    case 'switch':
      selectSwitch(s, instruction);
      return;
    case 'unreachable':
      builder.emit({ kind: 'unreachable' });
      return;
    case 'indirectbr':
      s.unsupported('BPF cannot jump to a computed address', 'use switch');
      return;
    case 'va_arg':
      s.unsupported('BPF has no variable arguments', 'pass a pointer to an array');
      return;
    case 'fneg':
      s.unsupported('BPF has no floating point', 'use integers: fixed point, or a shift');
      return;
    case 'extractelement':
    case 'insertelement':
    case 'shufflevector':
      s.unsupported('BPF has no vectors', 'use an array');
      return;
    default:
      instruction satisfies never;
  }
}

function needed(id: ValueId | undefined): ValueId {
  if (id === undefined) throw new RangeError('an instruction that computes a value has none');
  return id;
}

function selectSelect(s: Selector, id: ValueId, instruction: Extract<Instruction, { kind: 'select' }>): void {
  if (s.isLogical(instruction) && s.uses.only(id, 'condition')) return;
  const type = s.typeOfValue(instruction.whenTrue);
  const width = s.width(type);
  s.set(
    id,
    choose(
      s,
      instruction.condition,
      width,
      () => registerOf(s, instruction.whenTrue),
      () => registerOf(s, instruction.whenFalse),
    ),
  );
}

function selectAggregate(
  s: Selector,
  id: ValueId,
  instruction: Extract<Instruction, { kind: 'extractvalue' | 'insertvalue' }>,
): void {
  let type = s.value(instruction.aggregate).type;
  const all = partsOf(s, instruction.aggregate, leaves(s, type).length);
  let first = 0;
  for (const index of instruction.indices) {
    const shape = s.type(type);
    const elements =
      shape.kind === 'struct'
        ? (shape.elements ?? [])
        : shape.kind === 'array'
          ? Array(shape.length).fill(shape.element)
          : [];
    for (const element of elements.slice(0, index)) first += leaves(s, element).length;
    type = elements[index] ?? type;
  }
  const count = leaves(s, type).length;
  if (instruction.kind === 'extractvalue') s.set(id, ...all.slice(first, first + count));
  else
    s.set(id, ...all.slice(0, first), ...partsOf(s, instruction.element, count), ...all.slice(first + count));
}

function selectReturn(s: Selector, value: ValueId | undefined): void {
  if (value === undefined) {
    s.builder.emit({ kind: 'exit', value: undefined });
    return;
  }
  const type = s.typeOfValue(value);
  if (type.kind === 'struct' || type.kind === 'array') {
    s.unsupported(
      'a function returns a struct, which does not fit one register',
      'pass a pointer to where it shall be stored',
    );
  }
  const extension = extensionOf(s.fn.attributes?.returns);
  s.builder.emit({ kind: 'exit', value: extendedForCall(s, registerOf(s, value), s.bits(type), extension) });
}
