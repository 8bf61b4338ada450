import type { Attribute } from '../ir/attribute.js';
import type { Operation } from '../ir/instruction.js';
import type { ValueId } from '../ir/value.js';
import type { MachineCallee, VirtualRegister } from '../machine/instruction.js';
import { selectAsm } from './inline-asm.js';
import { selectIntrinsic } from './intrinsics.js';
import { leaves, partsOf } from './memory.js';
import type { Selector } from './selector.js';
import { registerOf, signExtended, zeroExtended } from './values.js';

export type Call = Extract<Operation, { kind: 'call' }>;

const MAX_ARGUMENTS = 5;

/** What clang makes calls to, and code only where sizes are constants. */
const LIBRARY = new Set(
  'memcpy memmove memset memcmp bcmp memchr strlen strcmp strncmp strcpy strncpy strchr strstr'.split(' '),
);

export function selectCall(s: Selector, id: ValueId | undefined, call: Call): void {
  const callee = s.value(call.callee);
  if (callee.kind === 'inline-asm') {
    selectAsm(s, id, call, callee, undefined);
    return;
  }
  if (callee.kind === 'function') {
    const fn = s.module.functions[callee.index];
    const name = fn?.name ?? '';
    if (LIBRARY.has(name) && fn?.blocks.length === 0 && fn.section === undefined) {
      s.unsupported(
        `'${name}' would have to be called, and BPF has no C library`,
        'give it a constant size, or write a loop',
      );
    }
    if (name.startsWith('llvm.')) {
      selectIntrinsic(s, name, id, call);
      return;
    }
  }
  const registers = call.arguments.flatMap((argument, index) =>
    typeof argument === 'number'
      ? argumentRegisters(s, anyArgument(s, argument, index), call.attributes?.parameters[index])
      : [],
  );
  if (registers.length > MAX_ARGUMENTS) {
    s.unsupported(
      `a call passes ${registers.length} arguments; BPF has registers for ${MAX_ARGUMENTS}`,
      'pass a pointer to a struct instead',
    );
  }
  const type = s.type(call.functionType);
  const returns = type.kind === 'function' ? s.type(type.returns) : undefined;
  const isVoid = returns === undefined || returns.kind === 'void';
  const dst = isVoid ? undefined : s.builder.register(64);
  s.builder.emit({ kind: 'call', callee: calleeOf(s, call.callee), arguments: registers, dst });
  if (id === undefined || dst === undefined || returns === undefined) return;
  const bits = s.bits(returns);
  if (extensionOf(call.attributes?.returns) === 'zero') s.builder.assumeZeroFrom(dst, bits);
  s.set(id, s.builder.copy(dst, s.width(returns)));
}

/**
 * Of an argument that its function does not look at, clang has dropped the value. The verifier may still ask what it is:
 * most often it was the caller's own argument in that place, the context.
 */
function anyArgument(s: Selector, id: ValueId, index: number): ValueId {
  const value = s.value(id);
  if (value.kind !== 'poison' && value.kind !== 'undef') return id;
  const own = s.fn.values.findIndex((each) => each.kind === 'argument' && each.index === index);
  return own >= 0 && s.fn.values[own]?.type === value.type ? ((s.module.values.length + own) as ValueId) : id;
}

function calleeOf(s: Selector, id: ValueId): MachineCallee {
  const value = s.value(id);
  if (value.kind === 'function' || value.kind === 'alias') return { kind: 'symbol', value: id };
  if (value.kind === 'cast-expression') {
    const number = s.constantOf(value.operand);
    if (number !== undefined) return { kind: 'helper', id: Number(number) };
  }
  return s.unsupported(
    'a function is called through a pointer, which BPF cannot do',
    'call the function by its name, or use bpf_tail_call with a program array',
  );
}

/** Arguments of fewer than 64 bits are extended by the caller when their attribute says so. */
function argumentRegisters(
  s: Selector,
  id: ValueId,
  attributes: readonly Attribute[] | undefined,
): VirtualRegister[] {
  const type = s.typeOfValue(id);
  if (type.kind === 'struct' || type.kind === 'array') {
    return partsOf(s, id, leaves(s, s.value(id).type).length).map((part) => s.builder.copy(part, 64));
  }
  return [extendedForCall(s, registerOf(s, id), s.bits(type), extensionOf(attributes))];
}

/** A value as calls pass and functions return it. */
export function extendedForCall(
  s: Selector,
  register: VirtualRegister,
  bits: number,
  extension: 'zero' | 'sign' | undefined,
): VirtualRegister {
  if (bits === 64) return register;
  const width = bits <= 32 ? 32 : 64;
  if (extension === 'zero') return zeroExtended(s, register, bits, width);
  return extension === 'sign' ? signExtended(s, register, bits, width) : register;
}

export function extensionOf(attributes: readonly Attribute[] | undefined): 'zero' | 'sign' | undefined {
  const has = (name: string) =>
    attributes?.some((attribute) => attribute.kind === 'flag' && attribute.name === name);
  return has('zeroext') ? 'zero' : has('signext') ? 'sign' : undefined;
}
