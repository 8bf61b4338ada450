import { trySizeOf } from '../../btf/index.js';
import { resolve } from '../../btf/resolve.js';
import type { BtfTypeId } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { isScalarType, isStructType, plainType, typeWords } from '../kernel-types/session-types.js';
import { hasLock } from '../obligations/spin-lock.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import {
  BTF_KERNEL,
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_RDONLY,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
  TYPE_BTF_ID,
  TYPE_MEM,
} from '../state/layout.js';
import { acquire, REF_POINTER } from '../transfer/references.js';
import type { KfuncCall } from './call.js';
import { iteratorOf } from './iterators.js';
import { specialOf } from './special.js';

/** r0 is a pointer of this type. @param typeId of the type that a BTF pointer points to, in the kernel's BTF. */
export function pointTo(s: Session, type: number, typeId: BtfTypeId, btf: number = BTF_KERNEL): void {
  const { memory, ops } = s;
  const result = s.reg(0);
  ops.markPointer(result, type);
  memory.setMap(result, -1);
  memory.setAux(result, typeId);
  memory.setBtf(result, btf);
}

/** What r0 is after the call. */
export function setResult(s: Session, call: KfuncCall): void {
  const { kfunc } = call;
  const type = plainType(kfunc.btf, kfunc.returns);
  if (isScalarType(type)) {
    s.ops.markUnknown(s.reg(0));
    if ('size' in type) s.memory.setSubregDef(s.reg(0), type.size === 8 ? 0 : s.at + 1);
    specialOf(kfunc.name)?.result?.(s, call);
    return;
  }
  if (type.kind !== 'ptr') return;
  if (specialOf(kfunc.name)?.result?.(s, call) !== true)
    pointByPrototype(s, call, resolve(kfunc.btf, type.type));
  const mayBeNull = kfunc.flags.has('ret_null') && !call.neverNull;
  const result = s.reg(0);
  if (mayBeNull) {
    s.memory.setType(result, s.memory.type(result) | FLAG_MAYBE_NULL);
    s.memory.setId(result, s.ops.newId());
  }
  if (kfunc.flags.has('acquire')) {
    const id = acquire(s, REF_POINTER);
    if (mayBeNull) s.memory.setId(result, id);
    s.memory.setRefObjId(result, id);
  }
  if (hasLock(s, result) && s.memory.id(result) === 0) s.memory.setId(result, s.ops.newId());
}

function pointByPrototype(s: Session, call: KfuncCall, target: BtfTypeId): void {
  const { kfunc } = call;
  const type = plainType(kfunc.btf, target);
  // A pointer to nothing known is a number.
  if (type.kind === 'void') s.ops.markUnknown(s.reg(0));
  else if (isStructType(type)) pointToStruct(s, call, target);
  else pointToMemory(s, call, target);
}

function pointToMemory(s: Session, call: KfuncCall, target: BtfTypeId): void {
  const { kfunc } = call;
  let { resultSize: size, resultReadOnly: readOnly } = call;
  if (size === 0) {
    size = trySizeOf(kfunc.btf, target) ?? 0;
    readOnly = true;
  }
  if (size === 0)
    refuse(kfuncArgument, s.at, {
      text: `kernel function ${kfunc.name} returns pointer type ${typeWords(plainType(kfunc.btf, target))} is not supported`,
    });
  const rcu = kfunc.flags.has('rcu_protected') ? FLAG_RCU : 0;
  pointTo(s, TYPE_MEM | (readOnly ? FLAG_RDONLY : 0) | rcu, 0);
  s.memory.setMemSize(s.reg(0), size);
  // What the memory is part of must not be released before it is used.
  if (call.refObjId !== 0) s.memory.setRefObjId(s.reg(0), call.refObjId);
}

function pointToStruct(s: Session, call: KfuncCall, target: BtfTypeId): void {
  const { kfunc, iterator } = call;
  let flags = 0;
  if (kfunc.name === 'bpf_get_kmem_cache') flags = FLAG_UNTRUSTED;
  else if (kfunc.flags.has('rcu_protected')) flags = FLAG_RCU;
  if (kfunc.flags.has('iter_next') && iterator !== undefined) {
    const isRcu = s.memory.hasFlag(iteratorOf(s, s.path.state, iterator), FLAG_RCU);
    flags |= isRcu ? FLAG_RCU : FLAG_TRUSTED;
  }
  pointTo(s, TYPE_BTF_ID | flags, target);
}
