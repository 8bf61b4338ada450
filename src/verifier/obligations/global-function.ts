import { resolve, trySizeOf, typesOfKind } from '../../btf/index.js';
import type { Btf, BtfType, BtfTypeId } from '../../btf/types.js';
import type { Subprogram } from '../control-flow/shape.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { callArguments } from '../rules/call-arguments.js';
import { helperArgumentType } from '../rules/helper-argument-type.js';
import { Refusal, refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import {
  BTF_KERNEL,
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
  TYPE_ARENA,
  TYPE_BTF_ID,
  TYPE_CTX,
  TYPE_MEM,
} from '../state/layout.js';
import { markConstDynptr } from '../transfer/dynptr-slots.js';
import { setPlainPointer, setPointer } from './btf-pointer.js';
import { checkDynptr } from './dynptr.js';
import { type TaggedPointer, taggedPointer } from './global-pointer.js';
import { checkLentMemory } from './helper-arguments.js';
import { checkStructMatch } from './helper-struct.js';
import { checkPointerOffset } from './pointer-offset.js';

/** What a global function takes in an argument, by its prototype and the tags on it. */
export type GlobalArgument =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'ctx' }
  | { readonly kind: 'dynptr' }
  | TaggedPointer
  | { readonly kind: 'mem'; readonly size: number; readonly nullable: boolean };

const MAX_ARGUMENTS = 5;
const TAG = 'arg:';
const KNOWN_TAGS: ReadonlySet<string> = new Set([
  'ctx',
  'trusted',
  'untrusted',
  'nonnull',
  'nullable',
  'arena',
]);

/** The arguments that a global function takes. @throws {Refusal} for what Linux, or skep, does not know. */
export function globalArguments(s: Session, callee: Subprogram): GlobalArgument[] {
  const { btf } = s.program;
  const proto = prototypeOf(s, callee);
  if (proto === undefined || btf === undefined)
    return refuse(unsupported, s.at, { what: `global function ${callee.name} without BTF` });
  const { params } = proto;
  if (params.length > MAX_ARGUMENTS)
    invalid(s, `Global function ${callee.name}() with ${params.length} > 5 args. Buggy compiler.`);
  if (!isNumber(plain(btf, proto.returns)))
    invalid(s, `Global function ${callee.name}() doesn't return scalar. Only those are supported.`);
  return params.map(({ type }, index) => argumentOf(s, btf, callee, type, index));
}

/** Linux looks at the prototype of the program itself too: it says what it does not understand there, and goes on. */
export function noteMainArguments(s: Session): void {
  const { btf, subprograms } = s.program;
  const main = s.shape.subprograms[0];
  const isGlobal = subprograms.find(({ start }) => start === 0)?.linkage === 'global';
  if (!s.log.says || !isGlobal || btf === undefined || main === undefined || main.funcType === 0) return;
  try {
    globalArguments(s, main);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.rule === callArguments.id) s.log.always(error.message);
  }
}

/** The arguments that a static function takes; undefined when its prototype has others than Linux looks at there. */
export function staticArguments(s: Session, callee: Subprogram): GlobalArgument[] | undefined {
  const { btf } = s.program;
  const proto = prototypeOf(s, callee);
  if (proto === undefined || btf === undefined || proto.params.length > MAX_ARGUMENTS) return undefined;
  if (!isNumber(plain(btf, proto.returns))) return undefined;
  const args = proto.params.map(({ type }): GlobalArgument | undefined => {
    const found = plain(btf, type);
    if (isNumber(found)) return { kind: 'scalar' };
    if (found?.kind !== 'ptr') return undefined;
    if (isContext(s, btf, found.type)) return { kind: 'ctx' };
    return isDynptr(plain(btf, found.type)) ? { kind: 'dynptr' } : undefined;
  });
  return args.every((argument) => argument !== undefined) ? args : undefined;
}

function isDynptr(type: BtfType | undefined): boolean {
  return type?.kind === 'struct' && type.name === 'bpf_dynptr';
}

function invalid(s: Session, text: string, errno: 'EINVAL' | 'ENOTSUPP' = 'EINVAL'): never {
  return refuse(callArguments, s.at, { text }, errno);
}

function argumentOf(s: Session, btf: Btf, callee: Subprogram, id: BtfTypeId, index: number): GlobalArgument {
  const tags = tagsOf(btf, callee, index);
  if (tags.some((tag) => !KNOWN_TAGS.has(tag)))
    return invalid(s, `arg#${index} has unsupported set of tags`, 'ENOTSUPP');
  const type = plain(btf, id);
  if (type?.kind === 'ptr') return pointerArgument(s, btf, type.type, index, tags);
  if (tags.length > 0) return invalid(s, `arg#${index} has pointer tag, but is not a pointer type`);
  if (isNumber(type)) return { kind: 'scalar' };
  return invalid(s, `Arg#${index} type ${kindWord(type)} in ${callee.name}() is not supported yet.`);
}

function pointerArgument(
  s: Session,
  btf: Btf,
  target: BtfTypeId,
  index: number,
  tags: readonly string[],
): GlobalArgument {
  if (tags.includes('ctx') || isContext(s, btf, target)) {
    if (tags.some((tag) => tag !== 'ctx')) return invalid(s, `arg#${index} has invalid combination of tags`);
    return { kind: 'ctx' };
  }
  const type = plain(btf, target);
  if (isDynptr(type)) {
    if (tags.some((tag) => tag !== 'nonnull'))
      return invalid(s, `arg#${index} has invalid combination of tags`);
    return { kind: 'dynptr' };
  }
  const tagged = taggedPointer(s, btf, target, index, tags);
  if (tagged !== undefined) return tagged;
  if (tags.includes('nullable')) return invalid(s, `arg#${index} has invalid combination of tags`);
  const size = type?.kind === 'void' || type?.kind === 'func_proto' ? undefined : trySizeOf(btf, target);
  if (size === undefined) {
    const name = type !== undefined && 'name' in type ? type.name : '';
    const words = `${kindWord(type)} ${name}`;
    return invalid(s, `arg#${index} reference type('${words}') size cannot be determined: -22`);
  }
  return { kind: 'mem', size, nullable: !tags.includes('nonnull') };
}

function tagsOf(btf: Btf, { funcType }: Subprogram, index: number): string[] {
  return [...typesOfKind(btf, 'decl_tag')].flatMap(([, { type, componentIndex, name }]) =>
    type === funcType && componentIndex === index && name.startsWith(TAG) ? [name.slice(TAG.length)] : [],
  );
}

/** Linux's names of the kinds, in its messages. */
function kindWord(type: BtfType | undefined): string {
  if (type === undefined || type.kind === 'void') return 'UNKNOWN';
  return type.kind.toUpperCase();
}

function isNumber(type: BtfType | undefined): boolean {
  return type?.kind === 'int' || type?.kind === 'enum' || type?.kind === 'enum64';
}

function prototypeOf(s: Session, callee: Subprogram): (BtfType & { kind: 'func_proto' }) | undefined {
  const { btf } = s.program;
  const func = btf?.types.at(callee.funcType);
  const proto = func?.kind === 'func' ? btf?.types.at(func.type) : undefined;
  return proto?.kind === 'func_proto' ? proto : undefined;
}

/** The type without typedefs and qualifiers. */
function plain(btf: Btf, id: BtfTypeId): BtfType | undefined {
  return btf.types.at(resolve(btf, id));
}

function isContext(s: Session, btf: Btf, id: BtfTypeId): boolean {
  const type = plain(btf, id);
  return type?.kind === 'struct' && type.name === s.program.hook.ctx.struct;
}

/** Registers in which a global function finds its arguments. */
export function enterGlobal(s: Session, args: readonly GlobalArgument[]): void {
  const { memory, ops } = s;
  args.forEach((argument, index) => {
    const reg = s.reg(index + 1);
    switch (argument.kind) {
      case 'scalar':
        ops.markUnknown(reg);
        break;
      case 'ctx':
        ops.markPointer(reg, TYPE_CTX);
        break;
      case 'dynptr':
        markConstDynptr(s, reg, 'local');
        break;
      case 'mem':
        ops.markPointer(reg, TYPE_MEM | (argument.nullable ? FLAG_MAYBE_NULL : 0));
        memory.setMap(reg, -1);
        memory.setMemSize(reg, argument.size);
        if (argument.nullable) memory.setId(reg, ops.newId());
        break;
      case 'trusted':
      case 'untrusted':
        enterTagged(s, argument, index + 1);
        break;
      case 'arena':
        ops.markUnknown(reg);
        break;
      default:
        argument satisfies never;
    }
    memory.setSubregDef(reg, 0);
  });
}

/** A pointer to the kernel's memory, valid or in doubt. */
function enterTagged(
  s: Session,
  argument: TaggedPointer & { kind: 'trusted' | 'untrusted' },
  regno: number,
): void {
  const { memory } = s;
  if (argument.struct === 0) {
    setPlainPointer(s, regno);
    return;
  }
  const isTrusted = argument.kind === 'trusted';
  const orNull = isTrusted && argument.nullable ? FLAG_MAYBE_NULL : 0;
  const flags = (isTrusted ? FLAG_TRUSTED : FLAG_UNTRUSTED) | orNull;
  setPointer(s, regno, TYPE_BTF_ID | flags, argument.struct, BTF_KERNEL);
  if (orNull === 0) memory.setId(s.reg(regno), s.ops.newId());
}

/** The caller passes what the prototype names. */
export function checkGlobalArguments(s: Session, callee: Subprogram): void {
  try {
    globalArguments(s, callee).forEach((argument, index) => {
      checkGlobalArgument(s, argument, index, s.reg(index + 1));
    });
  } catch (error) {
    if (error instanceof Refusal)
      error.message += `\nCaller passes invalid args into func#${callee.index} ('${callee.name}')`;
    throw error;
  }
}

/** The caller passes what one argument of the prototype names. @throws {Refusal} */
export function checkGlobalArgument(s: Session, argument: GlobalArgument, index: number, reg: RegAddr): void {
  const regno = index + 1;
  const { memory } = s;
  switch (argument.kind) {
    case 'scalar':
      if (!memory.isScalar(reg)) invalid(s, `R${regno} is not a scalar`);
      return;
    case 'ctx':
      checkPointerOffset(s, regno, reg, false);
      if (memory.type(reg) !== TYPE_CTX) invalid(s, `arg#${index} expects pointer to ctx`);
      return;
    case 'dynptr':
      checkPointerOffset(s, regno, reg, false);
      checkDynptr(s, regno, {});
      return;
    case 'mem':
      checkPointerOffset(s, regno, reg, false);
      checkLentMemory(s, regno, argument.size);
      if (!argument.nullable && memory.hasFlag(reg, FLAG_MAYBE_NULL))
        invalid(s, `arg#${index} is expected to be non-NULL`);
      return;
    case 'untrusted':
      // Whatever it is: it is only read, and with care.
      return;
    case 'arena':
      if (!memory.isScalar(reg) && memory.baseType(reg) !== TYPE_ARENA)
        invalid(s, `R${regno} is not a pointer to arena or scalar.`);
      return;
    case 'trusted':
      checkTrusted(s, argument, regno, reg);
      return;
    default:
      argument satisfies never;
  }
}

/** A valid pointer to the struct, as for a helper. */
function checkTrusted(
  s: Session,
  { struct, nullable }: TaggedPointer & { kind: 'trusted' },
  regno: number,
  reg: RegAddr,
): void {
  const { memory } = s;
  if (nullable && memory.isScalar(reg) && memory.isZero(reg)) return;
  const type = memory.type(reg) & ~(nullable ? FLAG_MAYBE_NULL : 0);
  const accepted = [TYPE_BTF_ID, TYPE_BTF_ID | FLAG_TRUSTED, TYPE_BTF_ID | FLAG_RCU];
  if (!accepted.includes(type))
    refuse(helperArgumentType, s.at, {
      reg: regno,
      type: typeText(memory.type(reg)),
      expected: accepted.map((each) => typeText(each)),
    });
  checkStructMatch(s, regno, reg, struct, false);
  checkPointerOffset(s, regno, reg, false);
}
