import { nameOf, resolve, trySizeOf } from '../../btf/index.js';
import type { Btf, BtfParam, BtfType, BtfTypeId } from '../../btf/types.js';
import { ITERATOR_ARGUMENTS, NULL_TRACEPOINT_ARGUMENTS } from '../../hooks/btf-arguments.js';
import type { ReturnRange } from '../../hooks/hook.js';
import type { Session } from '../explore/session.js';
import {
  isStructType,
  kernelBtf,
  kernelStructId,
  kindText,
  plainType,
} from '../kernel-types/session-types.js';
import { implementedMember } from '../kernel-types/struct-ops.js';
import { ctxAccess } from '../rules/ctx-access.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_RDONLY,
  FLAG_TRUSTED,
  TYPE_BTF_ID,
  TYPE_BUF,
  TYPE_SCALAR,
} from '../state/layout.js';

/** What a load of the context yields: a type of register, and the struct that a pointer leads to. */
export interface Argument {
  readonly type: number;
  readonly struct: BtfTypeId;
  /** Of a number that is known to lie in a range. */
  readonly range?: ReturnRange;
}

/** The function whose arguments a program of a BTF-typed hook gets. */
export interface AttachedFunction {
  /** As Linux calls it in its messages. */
  readonly name: string;
  /** Those that the program gets; the kernel's own before them, `skipped`, are passed over. */
  readonly params: readonly BtfParam[];
  readonly skipped: number;
  readonly returns: BtfTypeId;
}

const ARGUMENT_BYTES = 8;
const MAX_ARGUMENTS = 12;
const NUMBER: Argument = { type: TYPE_SCALAR, struct: 0 };

/** Words for the arguments of iterators. */
const WORDS: Readonly<Record<string, number>> = {
  scalar: TYPE_SCALAR,
  ptr_: TYPE_BTF_ID,
  ptr_or_null_: TYPE_BTF_ID | FLAG_MAYBE_NULL,
  trusted_ptr_: TYPE_BTF_ID | FLAG_TRUSTED,
  trusted_ptr_or_null_: TYPE_BTF_ID | FLAG_TRUSTED | FLAG_MAYBE_NULL,
  rdonly_buf_or_null: TYPE_BUF | FLAG_RDONLY | FLAG_MAYBE_NULL,
  buf_or_null: TYPE_BUF | FLAG_MAYBE_NULL,
};
/** Iterators that are loaded for a map only could not be measured. Source: the kernel's `struct bpf_iter_reg` of each. */
const MAP_ITERATORS: Readonly<Record<string, string>> = {
  bpf_map_elem: 'trusted_ptr_ trusted_ptr_ rdonly_buf_or_null buf_or_null',
  bpf_sk_storage_map: 'trusted_ptr_ trusted_ptr_ ptr_or_null_ buf_or_null',
  sockmap: 'trusted_ptr_ trusted_ptr_ rdonly_buf_or_null ptr_or_null_',
};

/** What a program of a BTF-typed hook is attached to. @throws {Refusal} when it came without. */
export function attachedFunction(s: Session): AttachedFunction {
  const { attachBtfId: id, hook } = s.program;
  const implemented = implementedMember(s);
  if (implemented !== undefined) {
    const { member, params, returns } = implemented;
    return { name: member, params, skipped: 0, returns };
  }
  const btf = kernelBtf(s);
  const target = id === undefined ? undefined : btf.types.at(id);
  const found =
    target?.kind === 'func'
      ? prototype(btf, target.type, target.name, 0)
      : target?.kind === 'typedef'
        ? prototype(btf, target.type, target.name.replace(/^btf_trace_/, ''), 1)
        : undefined;
  return (
    found ?? refuse(unsupported, s.at, { what: `the context of ${hook.name} programs without a target` })
  );
}

/** @param skip parameters that are the kernel's own. */
function prototype(btf: Btf, id: BtfTypeId, name: string, skip: number): AttachedFunction | undefined {
  let type = plainType(btf, id);
  if (type.kind === 'ptr') type = plainType(btf, type.type);
  if (type.kind !== 'func_proto') return undefined;
  return { name, params: type.params.slice(skip), skipped: skip, returns: type.returns };
}

/** A load or store of the arguments. @throws {Refusal} */
export function checkArgumentAccess(s: Session, off: number, size: number, write: boolean): Argument {
  const outside = off < 0 || off >= MAX_ARGUMENTS * ARGUMENT_BYTES;
  if (outside || write || off % size !== 0) refuse(ctxAccess, s.at, { off, size });
  const attached = attachedFunction(s);
  const wrong = (note: string): never => refuse(ctxAccess, s.at, { off, size, note });
  if (off % ARGUMENT_BYTES !== 0)
    wrong(`func '${attached.name}' offset ${off} is not multiple of ${ARGUMENT_BYTES}`);
  return argumentAt(s, attached, indexOf(s, attached, off), size, wrong);
}

/**
 * The number of the argument at an offset: structs take as many words as they need. Linux counts the parameters that it
 * passes over as if they were there.
 */
function indexOf(s: Session, { params, skipped, returns }: AttachedFunction, off: number): number {
  const btf = kernelBtf(s);
  const words = (id: BtfTypeId): number =>
    Math.ceil((trySizeOf(btf, id) ?? 0) / ARGUMENT_BYTES) * ARGUMENT_BYTES;
  let end = 0;
  for (let index = 0; index < params.length; index++) {
    end += words((params[index] as BtfParam).type);
    if (off < end) return index;
  }
  end += skipped * ARGUMENT_BYTES;
  if (off < end) return params.length;
  return params.length + skipped + (off < end + words(returns) ? 0 : 1);
}

type Wrong = (text: string) => never;

function argumentAt(
  s: Session,
  attached: AttachedFunction,
  index: number,
  size: number,
  wrong: Wrong,
): Argument {
  const btf = kernelBtf(s);
  const { name, params } = attached;
  const id = params[index]?.type ?? resultType(s, attached, index, wrong);
  const type = plainType(btf, id);
  const { returns } = s.view;
  // What a security hook has come to so far is what its programs may return. Linux: bpf_lsm_get_retval_range.
  if (index >= params.length && s.program.attachType === 'lsm_mac' && returns !== undefined)
    return { ...NUMBER, range: returns };
  if (type.kind === 'int' || type.kind === 'enum' || type.kind === 'enum64' || isStructType(type))
    return NUMBER;
  if (type.kind !== 'ptr')
    return wrong(
      `func '${name}' arg${index} '${nameOf(type)}' has type ${kindText(type)}. Only pointer access is allowed`,
    );
  if (size !== ARGUMENT_BYTES) wrong(`func '${name}' size ${size} must be 8`);
  const known = iteratorArgument(s, index);
  if (known !== undefined && (known & 0xff) !== TYPE_BTF_ID) return { type: known, struct: 0 };
  const target = plainType(btf, type.type);
  if (target.kind === 'void' || target.kind === 'int') return NUMBER;
  if (known !== undefined) return { type: known, struct: resolve(btf, type.type) };
  const flags = trustOf(s, attached, index);
  if (!isStructType(target)) wrong(`func '${name}' arg${index} type ${kindText(target)} is not a struct`);
  const struct = resolve(btf, type.type);
  if ((flags & FLAG_MAYBE_NULL) !== 0 && s.program.structOps !== undefined)
    return { type: TYPE_BTF_ID | flags, struct };
  s.log.always(
    `func '${name}' arg${index} has btf_id ${struct} type ${kindText(target)} '${nameOf(target) || '(anon)'}'`,
  );
  return { type: TYPE_BTF_ID | flags, struct: promoted(s, target, struct) };
}

/** Some structs of functions are called with more than their prototype says. */
function promoted(s: Session, target: BtfType, struct: BtfTypeId): BtfTypeId {
  const promotes = implementedMember(s)?.rules?.promotes;
  return promotes !== undefined && nameOf(target) === promotes.from ? kernelStructId(s, promotes.to) : struct;
}

/** Behind the arguments lies what the function returned, for programs that run after it. */
function resultType(
  s: Session,
  { name, params, returns }: AttachedFunction,
  index: number,
  wrong: Wrong,
): BtfTypeId {
  const btf = kernelBtf(s);
  const missing = `func '${name}' doesn't have ${index + 1}-th argument`;
  if (index > params.length) return wrong(missing);
  switch (s.program.attachType) {
    case 'lsm_mac':
    case 'lsm_cgroup':
    case 'trace_fexit':
      return returns;
    case 'modify_return':
      if (plainType(btf, returns).kind !== 'int')
        wrong(`ret type ${kindText(plainType(btf, returns))} not allowed for fmod_ret`);
      return returns;
    default:
      return wrong(missing);
  }
}

/** The type of an iterator's argument, undefined for programs that are no iterators. */
function iteratorArgument(s: Session, index: number): number | undefined {
  if (s.program.attachType !== 'trace_iter') return undefined;
  const name = attachedFunction(s).name.replace(/^bpf_iter_/, '');
  const words = ITERATOR_ARGUMENTS[name] ?? MAP_ITERATORS[name];
  const word = words?.split(' ')[index];
  // What is valid and never null is found out as for tracepoints.
  return word === undefined || word === 'trusted_ptr_' ? undefined : WORDS[word];
}

/** How far a pointer argument can be trusted. */
function trustOf(s: Session, { name, params }: AttachedFunction, index: number): number {
  const { attachType, hook } = s.program;
  const isTrusted =
    attachType === 'trace_raw_tp' ||
    attachType === 'trace_iter' ||
    hook.name === 'lsm' ||
    hook.name === 'struct_ops';
  const named = implementedMember(s)?.stub ?? params;
  const isNullable =
    named[index]?.name.endsWith('__nullable') === true ||
    (attachType === 'trace_raw_tp' &&
      NULL_TRACEPOINT_ARGUMENTS[name]?.split(' ').includes(String(index)) === true);
  return (isTrusted ? FLAG_TRUSTED : 0) | (isNullable ? FLAG_MAYBE_NULL : 0);
}

/** Whether programs of the hook get the arguments of a kernel function. */
export function hasBtfArguments(s: Session): boolean {
  return s.program.hook.ctx.fields === 'btf';
}
