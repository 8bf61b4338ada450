import type { Btf, BtfType } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { fieldsOf, objectFields } from '../kernel-types/object-fields.js';
import { isScalarType, isStructType, plainType } from '../kernel-types/session-types.js';
import { object } from '../rules/object.js';
import { refuse } from '../rules/rule.js';
import {
  BTF_PROGRAM,
  FLAG_ALLOC,
  FLAG_NON_OWN_REF,
  FLAG_PERCPU,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
} from '../state/layout.js';
import type { KfuncCall } from './call.js';
import { pointTo } from './result.js';
import type { SpecialKfuncs } from './special.js';

const NEW = 'bpf_obj_new_impl';
const NEW_PERCPU = 'bpf_percpu_obj_new_impl';
const DROP = 'bpf_obj_drop_impl';
const DROP_PERCPU = 'bpf_percpu_obj_drop_impl';
const ACQUIRE = 'bpf_refcount_acquire_impl';
/** BPF_GLOBAL_PERCPU_MA_MAX_SIZE */
const MAX_PERCPU_SIZE = 512;
const MAX_NESTING = 4;

/** Objects of the program's own types: allocated, dropped, and held more than once. */
export const objects: SpecialKfuncs = {
  names: [NEW, NEW_PERCPU, DROP, DROP_PERCPU, ACQUIRE],
  arguments: { alloc_object: checkDropped, refcounted_object: checkCounted },
  result: (s, call) => {
    const { name } = call.kfunc;
    if (name === ACQUIRE) {
      pointTo(s, TYPE_BTF_ID | FLAG_ALLOC, call.object?.typeId ?? 0, BTF_PROGRAM);
      return true;
    }
    if (name !== NEW && name !== NEW_PERCPU) return false;
    const percpu = name === NEW_PERCPU;
    const id = newType(s, call.constant ?? 0n, percpu);
    pointTo(s, TYPE_BTF_ID | FLAG_ALLOC | (percpu ? FLAG_PERCPU : 0), id, BTF_PROGRAM);
    return true;
  },
};

function wrong(s: Session, text: string): never {
  return refuse(object, s.at, { text });
}

/** The type of a new object. @throws {Refusal} */
function newType(s: Session, constant: bigint, percpu: boolean): number {
  const both = 'bpf_obj_new/bpf_percpu_obj_new';
  if (constant !== BigInt.asUintN(32, constant))
    wrong(s, 'local type ID argument must be in range [0, U32_MAX]');
  const { btf } = s.program;
  if (btf === undefined) return wrong(s, `${both} requires prog BTF`);
  const id = Number(constant);
  const type = btf.types.at(id);
  if (type?.kind !== 'struct') return wrong(s, `${both} type ID argument must be of a struct`);
  if (!percpu) return id;
  const name = 'bpf_percpu_obj_new';
  if (type.size > MAX_PERCPU_SIZE)
    wrong(s, `${name} type size (${type.size}) is greater than ${MAX_PERCPU_SIZE}`);
  if (!hasNumbersOnly(btf, type, 0)) wrong(s, `${name} type ID argument must be of a struct of scalars`);
  if (objectFields(btf, id).length > 0) wrong(s, `${name} type ID argument must not contain special fields`);
  return id;
}

function hasNumbersOnly(btf: Btf, type: BtfType, depth: number): boolean {
  if (!isStructType(type) || depth >= MAX_NESTING) return false;
  return type.members.every((member) => {
    const inner = plainType(btf, member.type);
    if (isStructType(inner)) return hasNumbersOnly(btf, inner, depth + 1);
    if (inner.kind === 'array') return inner.length > 0 && isScalarType(plainType(btf, inner.type));
    return isScalarType(inner);
  });
}

function checkDropped(s: Session, call: KfuncCall, index: number): void {
  const { memory } = s;
  const reg = s.reg(index + 1);
  const needed = {
    [TYPE_BTF_ID | FLAG_ALLOC]: DROP,
    [TYPE_BTF_ID | FLAG_ALLOC | FLAG_PERCPU]: DROP_PERCPU,
  }[memory.type(reg)];
  if (needed === undefined) wrong(s, `arg#${index} expected pointer to allocated object`);
  if (needed !== call.kfunc.name) wrong(s, `arg#${index} expected for ${needed}()`);
  if (memory.refObjId(reg) === 0) wrong(s, 'allocated object must be referenced');
}

function checkCounted(s: Session, call: KfuncCall, index: number): void {
  const { memory } = s;
  const reg = s.reg(index + 1);
  const type = memory.type(reg);
  if ((type & TYPE_BASE_MASK) !== TYPE_BTF_ID || (type & FLAG_ALLOC) === 0)
    wrong(s, `arg#${index} is neither owning or non-owning ref`);
  if (!fieldsOf(s, reg).some(({ name }) => name === 'bpf_refcount'))
    wrong(s, `arg#${index} doesn't point to a type with bpf_refcount field`);
  const owning = (type & FLAG_NON_OWN_REF) === 0;
  call.object = { btf: memory.btf(reg), typeId: memory.aux(reg), owning };
  call.neverNull = owning;
}
