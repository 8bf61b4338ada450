import type { BranchOp } from '../../isa/index.js';
import type { Instruction, Operation } from '../ir/instruction.js';
import { alignOf } from '../ir/layout.js';
import type { IrType } from '../ir/type.js';
import type { BinaryOperation, ValueId } from '../ir/value.js';
import type { MachineBlockId, VirtualRegister } from '../machine/instruction.js';
import { accessAddress, moved } from './address.js';
import { imm, reg } from './builder.js';
import { choose, chooseBy, emitBranch } from './condition.js';
import { leafAlign, loadBytes, storeBytes } from './memory.js';
import type { Selector } from './selector.js';
import { registerOf, signExtended, zeroExtended } from './values.js';

/*
 * Integers of more than 64 bits, as `__int128` and what the optimiser makes of neighbouring members: words of 64 bits, the
 * lowest first. Of the highest word the bits above the type's are anything. What LLVM's BPF back end leaves to a library
 * (multiplication, division, shifts by a variable number) is refused.
 */

const WORD = 64;

/** Whether a value is an integer that takes several registers. */
export function isWide(s: Selector, id: ValueId): boolean {
  return isWideType(s.typeOfValue(id));
}

function isWideType(type: IrType): type is Extract<IrType, { kind: 'integer' }> {
  return type.kind === 'integer' && type.bits > WORD;
}

function bitsOf(s: Selector, id: ValueId): number {
  const type = s.typeOfValue(id);
  return type.kind === 'integer' ? type.bits : WORD;
}

const countOf = (bits: number): number => Math.ceil(bits / WORD);

/** The registers of a wide value. */
export function wordsOf(s: Selector, id: ValueId): readonly VirtualRegister[] {
  const known = s.parts(id);
  if (known !== undefined) return known;
  const value = s.value(id);
  const number = value.kind === 'integer' ? value.value : 0n;
  if (!['integer', 'null', 'undef', 'poison'].includes(value.kind))
    s.unsupported(`BPF has no integers of ${bitsOf(s, id)} bits`, 'use two numbers of 64 bits');
  return Array.from({ length: countOf(bitsOf(s, id)) }, (_, word) =>
    s.builder.constant(BigInt.asIntN(WORD, number >> BigInt(word * WORD)), 64),
  );
}

/** The same with zeros or copies of the sign above the type's bits. */
function extendedWords(s: Selector, id: ValueId, signed: boolean): VirtualRegister[] {
  const words = [...wordsOf(s, id)];
  const top = bitsOf(s, id) % WORD;
  const last = words.pop();
  if (last === undefined) return words;
  const extend = signed ? signExtended : zeroExtended;
  return [...words, top === 0 ? last : extend(s, last, top, 64)];
}

/** Selects an instruction that computes or takes a wide integer. @returns whether it does */
export function selectWide(s: Selector, instruction: Instruction): boolean {
  const id = instruction.result;
  switch (instruction.kind) {
    case 'store':
      if (!isWide(s, instruction.value)) return false;
      storeWide(s, instruction);
      return true;
    case 'cast':
      if (instruction.operation === 'trunc' && isWide(s, instruction.operand) && id !== undefined) {
        truncate(s, id, instruction.operand);
        return true;
      }
      break;
    default:
  }
  if (id === undefined || !isWide(s, id)) return false;
  switch (instruction.kind) {
    case 'load':
      loadWide(s, id, instruction);
      return true;
    case 'binary':
      s.set(id, ...binaryWide(s, instruction.operation, instruction.left, instruction.right));
      return true;
    case 'cast':
      return extendWide(s, id, instruction);
    case 'freeze':
      s.set(id, ...wordsOf(s, instruction.operand));
      return true;
    case 'phi':
      s.phi(id, instruction.incoming, Array(countOf(bitsOf(s, id))).fill(64));
      return true;
    case 'select': {
      const [yes, no] = [wordsOf(s, instruction.whenTrue), wordsOf(s, instruction.whenFalse)];
      const words = yes.map((word, index) =>
        choose(
          s,
          instruction.condition,
          64,
          () => word,
          () => no[index] ?? word,
        ),
      );
      s.set(id, ...words);
      return true;
    }
    default:
      return false;
  }
}

/** Where each word lies in memory, and how many of its bytes. */
function placesOf(s: Selector, bits: number): { readonly offset: number; readonly bytes: number }[] {
  const total = Math.ceil(bits / 8);
  return Array.from({ length: countOf(bits) }, (_, word) => {
    const bytes = Math.min(8, total - word * 8);
    return { bytes, offset: s.littleEndian ? word * 8 : total - word * 8 - bytes };
  });
}

function loadWide(s: Selector, id: ValueId, load: Extract<Operation, { kind: 'load' }>): void {
  if (load.atomic !== undefined) s.unsupported('BPF has no atomic access of more than 64 bits');
  const address = accessAddress(s, load.pointer);
  const align = load.align || alignOf(s.module, load.type);
  const words = placesOf(s, bitsOf(s, id)).map(({ offset, bytes }) =>
    loadBytes(s, moved(s, address, offset), bytes, leafAlign(align, offset), 64),
  );
  s.set(id, ...words);
}

function storeWide(s: Selector, store: Extract<Operation, { kind: 'store' }>): void {
  if (store.atomic !== undefined) s.unsupported('BPF has no atomic access of more than 64 bits');
  const address = accessAddress(s, store.pointer);
  const align = store.align || alignOf(s.module, s.value(store.value).type);
  const words = wordsOf(s, store.value);
  placesOf(s, bitsOf(s, store.value)).forEach(({ offset, bytes }, index) => {
    const word = words[index];
    if (word !== undefined) storeBytes(s, moved(s, address, offset), bytes, leafAlign(align, offset), word);
  });
}

function truncate(s: Selector, id: ValueId, operand: ValueId): void {
  const words = wordsOf(s, operand);
  const type = s.typeOfValue(id);
  if (isWideType(type)) s.set(id, ...words.slice(0, countOf(type.bits)));
  else s.set(id, s.builder.copy(words[0] as VirtualRegister, s.width(type)));
}

function extendWide(s: Selector, id: ValueId, cast: Extract<Operation, { kind: 'cast' }>): boolean {
  const { operation, operand } = cast;
  const signed = operation === 'sext';
  if (!signed && operation !== 'zext' && operation !== 'ptrtoint') return false;
  const { builder } = s;
  const source = s.typeOfValue(operand);
  const words = isWideType(source) ? extendedWords(s, operand, signed) : [narrow(s, operand, signed)];
  const last = words.at(-1);
  const missing = countOf(bitsOf(s, id)) - words.length;
  if (missing > 0 && last !== undefined) {
    const above = signed ? builder.alu('arsh', 64, last, imm(WORD - 1)) : builder.constant(0n, 64);
    words.push(...Array<VirtualRegister>(missing).fill(above));
  }
  s.set(id, ...words);
  return true;
}

function narrow(s: Selector, id: ValueId, signed: boolean): VirtualRegister {
  const bits = s.bits(s.typeOfValue(id));
  const register = registerOf(s, id);
  // A truth value is 1 in a register, and -1 when its one bit is a sign.
  if (bits === 1 && signed) {
    const bit = zeroExtended(s, register, 1, 64);
    const dst = s.builder.register(64);
    s.builder.emit({ kind: 'neg', width: 64, dst, src: bit });
    return dst;
  }
  return signed ? signExtended(s, register, bits, 64) : zeroExtended(s, register, bits, 64);
}

function binaryWide(
  s: Selector,
  operation: BinaryOperation,
  left: ValueId,
  right: ValueId,
): VirtualRegister[] {
  switch (operation) {
    case 'and':
    case 'or':
    case 'xor': {
      const other = wordsOf(s, right);
      return wordsOf(s, left).map((word, at) => s.builder.alu(operation, 64, word, reg(other[at] ?? word)));
    }
    case 'add':
    case 'sub':
      return sum(s, operation, wordsOf(s, left), wordsOf(s, right));
    case 'shl':
    case 'lshr':
    case 'ashr': {
      const by = s.value(right);
      if (by.kind !== 'integer')
        return s.unsupported('BPF shifts 128 bits by constant numbers only', 'use two numbers of 64 bits');
      const number = Number(BigInt.asUintN(bitsOf(s, right), by.value));
      return operation === 'shl'
        ? shiftedUp(s, wordsOf(s, left), number)
        : shiftedDown(s, extendedWords(s, left, operation === 'ashr'), number, operation === 'ashr');
    }
    default:
      return s.unsupported('BPF cannot multiply or divide 128 bits', 'use numbers of 64 bits');
  }
}

function sum(
  s: Selector,
  op: 'add' | 'sub',
  left: readonly VirtualRegister[],
  right: readonly VirtualRegister[],
): VirtualRegister[] {
  const { builder } = s;
  let carry: VirtualRegister | undefined;
  return left.map((a, index) => {
    const b = right[index] ?? a;
    const plain = builder.alu(op, 64, a, reg(b));
    const result = carry === undefined ? plain : builder.alu(op, 64, plain, reg(carry));
    if (index < left.length - 1) {
      // A sum that is below what was added went over; a difference went under when it took more than there was.
      const first = op === 'add' ? isBelow(s, plain, a) : isBelow(s, a, b);
      const second =
        carry === undefined ? undefined : op === 'add' ? isBelow(s, result, carry) : isBelow(s, plain, carry);
      carry = second === undefined ? first : builder.alu('or', 64, first, reg(second));
    }
    return result;
  });
}

/** 1 when a register is below another as numbers without sign, else 0. */
function isBelow(s: Selector, left: VirtualRegister, right: VirtualRegister): VirtualRegister {
  return chooseBy(
    s,
    (yes, no) => emitBranch(s, 'jlt', 64, left, reg(right), yes, no),
    64,
    () => s.builder.constant(1n, 64),
    () => s.builder.constant(0n, 64),
  );
}

function shiftedUp(s: Selector, words: readonly VirtualRegister[], by: number): VirtualRegister[] {
  const { builder } = s;
  const [skip, bits] = [Math.floor(by / WORD), by % WORD];
  return words.map((_, at) => {
    const own = words[at - skip];
    const below = words[at - skip - 1];
    if (own === undefined) return builder.constant(0n, 64);
    if (bits === 0) return own;
    const high = builder.alu('lsh', 64, own, imm(bits));
    if (below === undefined) return high;
    return builder.alu('or', 64, high, reg(builder.alu('rsh', 64, below, imm(WORD - bits))));
  });
}

function shiftedDown(
  s: Selector,
  words: readonly VirtualRegister[],
  by: number,
  signed: boolean,
): VirtualRegister[] {
  const { builder } = s;
  const [skip, bits] = [Math.floor(by / WORD), by % WORD];
  const op = signed ? 'arsh' : 'rsh';
  const top = words.at(-1);
  return words.map((_, at) => {
    const own = words[at + skip];
    const above = words[at + skip + 1];
    if (own === undefined) {
      return signed && top !== undefined
        ? builder.alu('arsh', 64, top, imm(WORD - 1))
        : builder.constant(0n, 64);
    }
    if (bits === 0) return own;
    if (above === undefined) return builder.alu(op, 64, own, imm(bits));
    const low = builder.alu('rsh', 64, own, imm(bits));
    return builder.alu('or', 64, low, reg(builder.alu('lsh', 64, above, imm(WORD - bits))));
  });
}

/** Of two unequal words, which branch tells the order, by the comparison of the whole. */
const STRICT: Readonly<Record<string, BranchOp>> = {
  ugt: 'jgt',
  uge: 'jgt',
  ult: 'jlt',
  ule: 'jlt',
  sgt: 'jsgt',
  sge: 'jsgt',
  slt: 'jslt',
  sle: 'jslt',
};
const LAST: Readonly<Record<string, BranchOp>> = {
  ugt: 'jgt',
  uge: 'jge',
  ult: 'jlt',
  ule: 'jle',
  sgt: 'jgt',
  sge: 'jge',
  slt: 'jlt',
  sle: 'jle',
};
const UNSIGNED: Partial<Record<BranchOp, BranchOp>> = { jsgt: 'jgt', jslt: 'jlt' };

/** Ends the block with a jump on a comparison: from the highest word down, until two differ. */
export function branchOnWide(
  s: Selector,
  { predicate, left, right }: Extract<Operation, { kind: 'compare' }>,
  signed: boolean,
  whenTrue: MachineBlockId,
  whenFalse: MachineBlockId,
): void {
  const { builder } = s;
  const a = extendedWords(s, left, signed);
  const b = extendedWords(s, right, signed);
  const isEquality = predicate === 'eq' || predicate === 'ne';
  const [same, differs] = predicate === 'eq' ? [whenTrue, whenFalse] : [whenFalse, whenTrue];
  for (let at = a.length - 1; at >= 0; at--) {
    const [x, y] = [a[at] as VirtualRegister, reg(b[at] as VirtualRegister)];
    if (at === 0) {
      if (isEquality) emitBranch(s, 'jne', 64, x, y, differs, same);
      else emitBranch(s, LAST[predicate] ?? 'jne', 64, x, y, whenTrue, whenFalse);
      return;
    }
    const next = builder.block();
    if (isEquality) emitBranch(s, 'jne', 64, x, y, differs, next);
    else {
      const strict = STRICT[predicate] ?? 'jgt';
      const isTop = at === a.length - 1;
      const equal = builder.block();
      emitBranch(s, isTop ? strict : (UNSIGNED[strict] ?? strict), 64, x, y, whenTrue, equal);
      builder.at(equal);
      emitBranch(s, 'jne', 64, x, y, whenFalse, next);
    }
    builder.at(next);
  }
}
