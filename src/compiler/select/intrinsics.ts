import type { BranchOp, Width } from '../../isa/index.js';
import type { ValueId } from '../ir/value.js';
import type { VirtualRegister } from '../machine/instruction.js';
import { accessAddress } from './address.js';
import { countLeadingZeros, countOnes, countTrailingZeros, reverseBits, swapBytes } from './bit-tricks.js';
import { imm, reg } from './builder.js';
import type { Call } from './call.js';
import { chooseBy, emitBranch } from './condition.js';
import { selectCoreIntrinsic } from './core.js';
import { copyMemory, fillMemory } from './memory.js';
import { overflowing, saturating } from './overflow.js';
import type { Selector } from './selector.js';
import { operandOf, registerOf, signExtended, zeroExtended } from './values.js';

/** Told to the optimiser, and of no meaning for the machine. */
const NOTHING =
  /^llvm\.(dbg|lifetime|assume|experimental\.noalias|invariant|donothing|sideeffect|prefetch|stackrestore|pseudoprobe|fake\.use|var\.annotation)\b/;
/** Their first argument as it is. */
const SAME =
  /^llvm\.(expect|ssa\.copy|launder|strip|annotation|ptr\.annotation|bpf\.passthrough|preserve\.static\.offset)\b/;

/** Selects a call of one of LLVM's own functions. */
export function selectIntrinsic(s: Selector, name: string, id: ValueId | undefined, call: Call): void {
  if (NOTHING.test(name)) return;
  const args = call.arguments.filter((argument): argument is ValueId => typeof argument === 'number');
  if (selectCoreIntrinsic(s, name, id, call, args) || selectMemoryIntrinsic(s, name, call, args)) return;
  if (selectControl(s, name)) return;
  if (id === undefined) s.unsupported(`BPF has nothing for ${name}`);
  if (SAME.test(name)) {
    const operand = name.startsWith('llvm.bpf.passthrough') ? args[1] : args[0];
    if (operand !== undefined) s.set(id, registerOf(s, operand));
    return;
  }
  if (selectPacketLoad(s, name, id, args)) return;
  const result = arithmetic(s, name, args);
  if (result === undefined) s.unsupported(`BPF has nothing for ${name}`);
  s.set(id, ...result);
}

function selectControl(s: Selector, name: string): boolean {
  if (name === 'llvm.trap' || name === 'llvm.ubsantrap' || name === 'llvm.debugtrap') {
    // Linux 6.17 knows this function as the place that must not be reached; older kernels refuse the program.
    s.unsupported('the program can reach code that has no defined behaviour', 'return on that path');
  }
  return false;
}

function selectMemoryIntrinsic(s: Selector, name: string, call: Call, args: readonly ValueId[]): boolean {
  const [kind] = /^llvm\.(memcpy|memmove|memset)\b/.exec(name)?.slice(1) ?? [];
  const [to, from, length] = args;
  if (kind === undefined || to === undefined || from === undefined || length === undefined) return false;
  const bytes = s.constantOf(length);
  if (bytes === undefined) {
    s.unsupported(
      `${kind} of a size that is not known at compile time`,
      'use a constant size, a loop, or bpf_dynptr_read',
    );
  }
  const align = (index: number) => {
    const attribute = call.attributes?.parameters[index]?.find(
      (candidate) => candidate.kind === 'integer' && candidate.name === 'align',
    );
    return attribute?.kind === 'integer' ? Number(attribute.value) : 1;
  };
  if (kind === 'memset') fillMemory(s, accessAddress(s, to), from, Number(bytes), Math.min(8, align(0)));
  else {
    const both = Math.min(8, align(0), align(1));
    copyMemory(s, accessAddress(s, to), accessAddress(s, from), Number(bytes), both, kind === 'memmove');
  }
  return true;
}

/** `llvm.bpf.load.*`: the old loads of packets, for socket filters and classifiers. */
function selectPacketLoad(s: Selector, name: string, id: ValueId, args: readonly ValueId[]): boolean {
  const bytes = { 'llvm.bpf.load.byte': 1, 'llvm.bpf.load.half': 2, 'llvm.bpf.load.word': 4 }[name];
  const [context, place] = args;
  if (bytes === undefined || context === undefined || place === undefined) return false;
  const number = s.constantOf(place);
  const dst = s.builder.register(64);
  s.builder.emit({
    kind: 'packet-load',
    bytes: bytes as 1 | 2 | 4,
    context: registerOf(s, context),
    index: number === undefined ? registerOf(s, place) : undefined,
    imm: number === undefined ? 0 : Number(number),
    dst,
  });
  s.builder.assumeZeroFrom(dst, bytes * 8);
  s.set(id, dst);
  return true;
}

const EXTREMES: Readonly<Record<string, { readonly op: BranchOp; readonly signed: boolean }>> = {
  umin: { op: 'jlt', signed: false },
  umax: { op: 'jgt', signed: false },
  smin: { op: 'jslt', signed: true },
  smax: { op: 'jsgt', signed: true },
};

function arithmetic(s: Selector, name: string, args: readonly ValueId[]): VirtualRegister[] | undefined {
  const [first, second, third] = args;
  const [, what = ''] = /^llvm\.([a-z.]+?)\.i\d+/.exec(name) ?? [];
  if (first === undefined) return undefined;
  const bits = s.bits(s.typeOfValue(first));
  const width: Width = bits <= 32 ? 32 : 64;
  const zero = () => zeroExtended(s, registerOf(s, first), bits, width);
  const extreme = EXTREMES[what];
  if (extreme !== undefined && second !== undefined) return [pick(s, extreme, first, second, bits)];
  switch (what) {
    case 'bswap':
      return [swapBytes(s, registerOf(s, first), bits)];
    case 'bitreverse':
      return [reverseBits(s, zero(), bits, width)];
    case 'ctpop':
      return [countOnes(s, zero(), width)];
    case 'ctlz':
      return [countLeadingZeros(s, zero(), bits, width)];
    case 'cttz':
      return [countTrailingZeros(s, zero(), bits, width)];
    case 'abs':
      return [absolute(s, first, bits)];
    case 'fshl':
    case 'fshr':
      return second === undefined || third === undefined
        ? undefined
        : [funnel(s, what, first, second, third, bits, width)];
    default:
      return second === undefined
        ? undefined
        : (overflowing(s, what, first, second) ?? saturating(s, what, first, second));
  }
}

/** A comparison's width, and its operands as it needs them. */
export function compared(s: Selector, id: ValueId, bits: number, signed: boolean): VirtualRegister {
  const width: Width = bits <= 32 && s.atLeast('v3') ? 32 : 64;
  const register = registerOf(s, id);
  if (bits === width) return register;
  return signed ? signExtended(s, register, bits, width) : zeroExtended(s, register, bits, width);
}

function pick(
  s: Selector,
  { op, signed }: { readonly op: BranchOp; readonly signed: boolean },
  first: ValueId,
  second: ValueId,
  bits: number,
): VirtualRegister {
  const left = compared(s, first, bits, signed);
  const width = s.builder.widthOf(left);
  const number = s.constantOf(second);
  const fits = number !== undefined && (signed || bits === width) ? operandOf(s, second, width) : undefined;
  const right = fits ?? reg(compared(s, second, bits, signed));
  const other = right.kind === 'reg' ? right.reg : s.builder.constant(BigInt(right.imm), width);
  const result = chooseBy(
    s,
    (yes, no) => emitBranch(s, op, width, left, right, yes, no),
    width,
    () => left,
    () => other,
  );
  return s.builder.copy(result, bits <= 32 ? 32 : 64);
}

function absolute(s: Selector, id: ValueId, bits: number): VirtualRegister {
  const value = compared(s, id, bits, true);
  const width = s.builder.widthOf(value);
  const result = chooseBy(
    s,
    (yes, no) => emitBranch(s, 'jsgt', width, value, imm(-1), yes, no),
    width,
    () => value,
    () => {
      const dst = s.builder.register(width);
      s.builder.emit({ kind: 'neg', width, dst, src: value });
      return dst;
    },
  );
  return s.builder.copy(result, bits <= 32 ? 32 : 64);
}

/** `fshl`, `fshr`: a shift over two numbers; of one number with itself, a rotation. */
function funnel(
  s: Selector,
  what: 'fshl' | 'fshr',
  high: ValueId,
  low: ValueId,
  amount: ValueId,
  bits: number,
  width: Width,
): VirtualRegister {
  const { builder } = s;
  const number = s.constantOf(amount);
  const left = registerOf(s, high);
  const right = zeroExtended(s, registerOf(s, low), bits, width);
  if (number !== undefined) {
    const by = Number(BigInt.asUintN(64, number) % BigInt(bits));
    const shift = what === 'fshl' ? by : bits - by;
    if (by === 0) return what === 'fshl' ? left : right;
    const upper = builder.alu('lsh', width, left, imm(shift));
    return builder.alu('or', width, upper, reg(builder.alu('rsh', width, right, imm(bits - shift))));
  }
  // The amount counts modulo the width; one bit of the other shift is made apart, so that none is by the width.
  const by = builder.alu('and', width, registerOf(s, amount), imm(bits - 1));
  const rest = builder.alu('xor', width, by, imm(bits - 1));
  if (what === 'fshl') {
    const lower = builder.alu('rsh', width, builder.alu('rsh', width, right, imm(1)), reg(rest));
    return builder.alu('or', width, builder.alu('lsh', width, left, reg(by)), reg(lower));
  }
  const upper = builder.alu('lsh', width, builder.alu('lsh', width, left, imm(1)), reg(rest));
  return builder.alu('or', width, upper, reg(builder.alu('rsh', width, right, reg(by))));
}
