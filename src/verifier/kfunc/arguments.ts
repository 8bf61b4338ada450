import { trySizeOf } from '../../btf/index.js';
import type { BtfParam } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { isScalarType, kindText, typeWords } from '../kernel-types/session-types.js';
import { isRcu, isTrusted } from '../kernel-types/trust.js';
import { typeText } from '../log/state-text.js';
import { checkLentMemory, checkSizedMemory } from '../obligations/helper-arguments.js';
import { fieldOf } from '../obligations/map-field.js';
import { mapOf } from '../obligations/memory.js';
import { checkPointerOffset } from '../obligations/pointer-offset.js';
import { markPrecise } from '../prune/precision.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { kfuncTrust } from '../rules/kfunc-trust.js';
import { Refusal, refuse } from '../rules/rule.js';
import { timer } from '../rules/timer.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import { FLAG_MAYBE_NULL, TYPE_BTF_ID, TYPE_CONST_MAP, TYPE_CTX, TYPE_FUNC } from '../state/layout.js';
import { hasSuffix, type KfuncCall, paramType } from './call.js';
import { type ArgumentKind, classify, pointedTo, targetOf } from './classify.js';
import { argumentCheck, specialOf } from './special.js';

const MAX_ARGUMENTS = 5;
/** Argument names by which a function tells how much memory it returns. */
const RESULT_SIZES = { rdonly_buf_size: true, rdwr_buf_size: false } as const;

function invalid(s: Session, text: string): never {
  return refuse(kfuncArgument, s.at, { text });
}

/** The registers hold what the function's prototype and flags ask for. */
export function checkArguments(s: Session, call: KfuncCall): void {
  const { name, params, flags } = call.kfunc;
  if (params.length > MAX_ARGUMENTS) invalid(s, `Function ${name} has ${params.length} > 5 args`);
  for (let index = 0; index < params.length; index++) {
    const param = params[index] as BtfParam;
    if (hasSuffix(param, '__ign') || hasSuffix(param, '__prog')) continue;
    const type = paramType(call.kfunc, index);
    if (isScalarType(type)) checkScalar(s, call, index, param);
    else if (type.kind !== 'ptr') invalid(s, `Unrecognized arg#${index} type ${kindText(type)}`);
    // The size of memory was looked at with the memory.
    else if (checkPointer(s, call, index, param) === 'memory_size') index++;
  }
  if (flags.has('release') && call.releases === 0)
    invalid(s, `release kernel function ${name} expects refcounted PTR_TO_BTF_ID`);
}

function checkScalar(s: Session, call: KfuncCall, index: number, param: BtfParam): void {
  const { memory } = s;
  const regno = index + 1;
  const reg = s.reg(regno);
  if (!memory.isScalar(reg)) invalid(s, `R${regno} is not a scalar`);
  if (hasSuffix(param, '__k')) {
    noteConstant(s, call, regno);
    return;
  }
  const readOnly = RESULT_SIZES[param.name as keyof typeof RESULT_SIZES];
  if (readOnly === undefined) return;
  if (!memory.isConst(reg)) invalid(s, `R${regno} is not a const`);
  call.resultReadOnly = readOnly;
  call.resultSize = Number(memory.constValue(reg));
  markPrecise(s, regno);
}

function noteConstant(s: Session, call: KfuncCall, regno: number): void {
  const reg = s.reg(regno);
  if (!s.memory.isConst(reg)) invalid(s, `R${regno} must be a known constant`);
  markPrecise(s, regno);
  call.constant = s.memory.constValue(reg);
}

function checkPointer(s: Session, call: KfuncCall, index: number, param: BtfParam): ArgumentKind {
  const { memory } = s;
  const regno = index + 1;
  const reg = s.reg(regno);
  const { flags } = call.kfunc;
  const isRelease = flags.has('release');
  const isStrict = flags.has('trusted_args') || isRelease;
  const mayBeNull = memory.hasFlag(reg, FLAG_MAYBE_NULL) || (memory.isScalar(reg) && memory.isZero(reg));
  const needsValid = isStrict || flags.has('rcu') || specialOf(call.kfunc.name)?.notNull?.(index) === true;
  if (needsValid && mayBeNull && !hasSuffix(param, '__nullable'))
    refuse(kfuncTrust, s.at, { problem: 'null', arg: index }, 'EACCES');
  const held = memory.refObjId(reg);
  if (held !== 0) {
    call.refObjId = held;
    if (isRelease) call.releases = regno;
  }
  const kind = classify(s, call, index);
  if (kind === 'null') return kind;
  if (kind === 'map') noteMap(s, call, regno, reg);
  if (kind === 'map' || kind === 'alloc_object' || kind === 'struct')
    checkTrust(s, call, regno, reg, isStrict);
  checkPointerOffset(s, regno, reg, isRelease && held !== 0);
  checkKind(s, call, index, kind);
  return kind;
}

function noteMap(s: Session, call: KfuncCall, regno: number, reg: RegAddr): void {
  // Whether it is the struct of a map is found out as for all structs.
  if (s.memory.baseType(reg) === TYPE_BTF_ID) return;
  if (s.memory.baseType(reg) !== TYPE_CONST_MAP) invalid(s, `pointer in R${regno} isn't map pointer`);
  const uid = s.memory.aux(reg);
  const map = mapOf(s, reg);
  const isOther = call.mapIndex !== s.memory.map(reg) || call.mapUid !== uid;
  if (call.map !== undefined && isOther) {
    const what = fieldOf(map, 'bpf_task_work') === undefined ? 'workqueue' : 'bpf_task_work';
    refuse(timer, s.at, { what, reg: regno, uid: call.mapUid, mapUid: uid });
  }
  call.map = map;
  call.mapIndex = s.memory.map(reg);
  call.mapUid = uid;
}

function checkTrust(s: Session, call: KfuncCall, regno: number, reg: RegAddr, isStrict: boolean): void {
  const rcuIsEnough = call.kfunc.flags.has('rcu');
  if ((!isStrict && !rcuIsEnough) || isTrusted(s, reg)) return;
  if (!rcuIsEnough) refuse(kfuncTrust, s.at, { problem: 'untrusted', reg: regno });
  if (!isRcu(s, reg)) refuse(kfuncTrust, s.at, { problem: 'not_rcu', reg: regno });
}

function checkKind(s: Session, call: KfuncCall, index: number, kind: ArgumentKind): void {
  const { memory } = s;
  const { kfunc } = call;
  const regno = index + 1;
  const reg = s.reg(regno);
  switch (kind) {
    case 'ctx':
      if (memory.type(reg) !== TYPE_CTX)
        invalid(s, `arg#${index} expected pointer to ctx, but got ${typeText(memory.type(reg))}`);
      return;
    case 'callback':
      if (memory.type(reg) !== TYPE_FUNC) invalid(s, `arg${index} expected pointer to func`);
      call.subprogram = memory.aux(reg);
      return;
    case 'memory': {
      const size = trySizeOf(kfunc.btf, pointedTo(kfunc, index) ?? 0);
      if (size === undefined) {
        const words = typeWords(targetOf(kfunc, index));
        invalid(s, `arg#${index} reference type('${words}') size cannot be determined: -22`);
      }
      checkLentMemory(s, regno, size as number);
      return;
    }
    case 'memory_size':
      checkMemoryAndSize(s, call, index);
      return;
    default: {
      const check = argumentCheck(kind);
      if (check === undefined) {
        refuse(unsupported, s.at, { what: `${kind} arguments of kernel functions` });
        return;
      }
      check(s, call, index);
    }
  }
}

function checkMemoryAndSize(s: Session, call: KfuncCall, index: number): void {
  const { memory } = s;
  const regno = index + 1;
  const reg = s.reg(regno);
  const isNull = memory.isScalar(reg) && memory.isZero(reg);
  if (!isNull || !hasSuffix(call.kfunc.params[index], '__opt')) {
    try {
      checkSizedMemory(s, regno + 1);
    } catch (error) {
      if (error instanceof Refusal)
        error.message += `\narg#${index} arg#${index + 1} memory, len pair leads to invalid memory access`;
      throw error;
    }
  }
  if (!hasSuffix(call.kfunc.params[index + 1], '__szk')) return;
  const size = s.reg(regno + 1);
  if (!memory.isConst(size)) invalid(s, `R${regno + 1} must be a known constant`);
  call.constant = memory.constValue(size);
}
