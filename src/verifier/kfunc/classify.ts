import { nameOf, resolve } from '../../btf/index.js';
import type { Btf, BtfParam, BtfType } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { isContextType } from '../kernel-types/context-type.js';
import { isScalarType, isStructType, kindText, plainType } from '../kernel-types/session-types.js';
import { SOCKET_STRUCTS } from '../kernel-types/socket-structs.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import { TYPE_BASE_MASK, TYPE_BTF_ID, TYPE_SCALAR } from '../state/layout.js';
import { hasSuffix, type KernelFunction, type KfuncCall, paramType } from './call.js';

/** What a pointer argument of a kernel function must be. */
export type ArgumentKind =
  | 'ctx'
  | 'null'
  | 'alloc_object'
  | 'refcounted_object'
  | 'dynptr'
  | 'iterator'
  | 'list_head'
  | 'list_node'
  | 'rb_root'
  | 'rb_node'
  | 'const_str'
  | 'map'
  | 'work_queue'
  | 'task_work'
  | 'irq_flag'
  | 'res_spin_lock'
  | 'struct'
  | 'callback'
  | 'memory'
  | 'memory_size';

/** Kinds that the struct behind the pointer decides. */
const BY_STRUCT: Readonly<Record<string, ArgumentKind>> = {
  bpf_list_head: 'list_head',
  bpf_list_node: 'list_node',
  bpf_rb_root: 'rb_root',
  bpf_rb_node: 'rb_node',
  bpf_wq: 'work_queue',
  bpf_task_work: 'task_work',
  bpf_res_spin_lock: 'res_spin_lock',
};

/** Deeper structs than this are never plain memory. */
const MAX_NESTING = 4;

/** What a pointer argument is taken as, in the order in which Linux asks. */
export function classify(s: Session, call: KfuncCall, index: number): ArgumentKind {
  const { kfunc } = call;
  const param = kfunc.params[index] as BtfParam;
  const target = targetOf(kfunc, index);
  if (kfunc.name === 'bpf_cast_to_kern_ctx') return 'ctx';
  if (isContextType(s, kfunc.btf, param.type)) return 'ctx';
  const reg = s.reg(index + 1);
  if (hasSuffix(param, '__nullable') && s.memory.isScalar(reg) && s.memory.isZero(reg)) return 'null';
  const special = byName(kfunc, param, index, target);
  if (special !== undefined) return special;
  const base = s.memory.type(reg) & TYPE_BASE_MASK;
  if (base === TYPE_BTF_ID || SOCKET_STRUCTS.has(base)) {
    if (!isStructType(target))
      invalid(
        s,
        `kernel function ${kfunc.name} args#${index} pointer type ${words(target)} is not supported`,
      );
    return 'struct';
  }
  const pointed = pointedTo(kfunc, index);
  if (pointed !== undefined && kfunc.btf.types.at(pointed)?.kind === 'func_proto') return 'callback';
  return memoryKind(s, kfunc, index, target);
}

function byName(
  kfunc: KernelFunction,
  param: BtfParam,
  index: number,
  target: BtfType,
): ArgumentKind | undefined {
  if (hasSuffix(param, '__alloc')) return 'alloc_object';
  if (hasSuffix(param, '__refcounted_kptr')) return 'refcounted_object';
  const struct = target.kind === 'struct' ? target.name : '';
  if (struct === 'bpf_dynptr') return 'dynptr';
  if (isIteratorArgument(kfunc, param, index)) return 'iterator';
  if (struct.startsWith('bpf_list_') || struct.startsWith('bpf_rb_')) return BY_STRUCT[struct];
  if (hasSuffix(param, '__str')) return 'const_str';
  if (hasSuffix(param, '__map')) return 'map';
  if (struct === 'bpf_wq' || struct === 'bpf_task_work') return BY_STRUCT[struct];
  if (hasSuffix(param, '__irq_flag')) return 'irq_flag';
  return BY_STRUCT[struct];
}

/** The first argument of an iterator's functions, and what is named so. */
function isIteratorArgument({ flags }: KernelFunction, param: BtfParam, index: number): boolean {
  if (flags.has('iter_new') || flags.has('iter_next') || flags.has('iter_destroy')) return index === 0;
  return hasSuffix(param, '__iter');
}

function memoryKind(s: Session, kfunc: KernelFunction, index: number, target: BtfType): ArgumentKind {
  const sized = isSizeArgument(s, kfunc, index + 1);
  const isPlain = isScalarType(target) || isScalarStruct(kfunc.btf, target, 0);
  if (!isPlain && !(sized && target.kind === 'void')) {
    const also = sized ? 'void, ' : '';
    invalid(
      s,
      `arg#${index} pointer type ${words(target)} must point to ${also}scalar, or struct with scalar`,
    );
  }
  return sized ? 'memory_size' : 'memory';
}

/** Whether an argument is the size of the memory before it. */
export function isSizeArgument(s: Session, kfunc: KernelFunction, index: number): boolean {
  const param = kfunc.params[index];
  if (param === undefined || !isScalarType(paramType(kfunc, index))) return false;
  if (s.memory.type(s.reg(index + 1)) !== TYPE_SCALAR) return false;
  return hasSuffix(param, '__sz') || hasSuffix(param, '__szk');
}

/** The type that a pointer argument points to. */
export function targetOf(kfunc: KernelFunction, index: number): BtfType {
  const pointed = pointedTo(kfunc, index);
  return pointed === undefined ? { kind: 'void' } : (kfunc.btf.types.at(pointed) as BtfType);
}

/** Its id, without modifiers and typedefs. */
export function pointedTo(kfunc: KernelFunction, index: number): number | undefined {
  const type = paramType(kfunc, index);
  return type.kind === 'ptr' ? resolve(kfunc.btf, type.type) : undefined;
}

function isScalarStruct(btf: Btf, type: BtfType, depth: number): boolean {
  if (!isStructType(type) || depth >= MAX_NESTING) return false;
  return type.members.every((member) => {
    const inner = plainType(btf, member.type);
    if (isStructType(inner)) return isScalarStruct(btf, inner, depth + 1);
    if (inner.kind === 'array') return inner.length > 0 && isScalarType(plainType(btf, inner.type));
    return isScalarType(inner);
  });
}

function words(type: BtfType): string {
  return `${kindText(type)} ${nameOf(type)}`;
}

function invalid(s: Session, text: string): never {
  return refuse(kfuncArgument, s.at, { text });
}
