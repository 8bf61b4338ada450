import { nameOf } from '../../btf/index.js';
import type { BtfTypeId } from '../../btf/types.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { fieldsOf, lockOwner, objectFields } from '../kernel-types/object-fields.js';
import { graph } from '../rules/graph.js';
import { release as releaseRule } from '../rules/release.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  BTF_PROGRAM,
  FLAG_ALLOC,
  FLAG_NON_OWN_REF,
  FLAG_RCU,
  TYPE_BTF_ID,
  TYPE_MAP_VALUE,
} from '../state/layout.js';
import { startNow } from '../transfer/callback.js';
import { drop, holdsLock, holdsThisLock, REF_POINTER } from '../transfer/references.js';
import type { KfuncCall } from './call.js';
import type { SpecialKfuncs } from './special.js';

const LIST_PUSHES = ['bpf_list_push_front_impl', 'bpf_list_push_back_impl'];
const ADD = 'bpf_rbtree_add_impl';
const PUTS = new Set([...LIST_PUSHES, ADD]);
const OBJECT = TYPE_BTF_ID | FLAG_ALLOC;

/** Lists and trees of objects of the program's own types. */
export const graphs: SpecialKfuncs = {
  names: [
    ...PUTS,
    'bpf_list_pop_front',
    'bpf_list_pop_back',
    'bpf_list_front',
    'bpf_list_back',
    'bpf_rbtree_remove',
    'bpf_rbtree_first',
    'bpf_rbtree_root',
    'bpf_rbtree_left',
    'bpf_rbtree_right',
  ],
  arguments: {
    list_head: (s, call, index) => {
      checkRoot(s, call, index, 'bpf_list_head');
    },
    rb_root: (s, call, index) => {
      checkRoot(s, call, index, 'bpf_rb_root');
    },
    list_node: (s, call, index) => {
      checkOwned(s, s.reg(index + 1), index, [OBJECT], 'allocated object');
      checkNode(s, call, index, 'bpf_list_node', 'bpf_list_head');
    },
    rb_node: (s, call, index) => {
      checkTreeNode(s, call, index);
      checkNode(s, call, index, 'bpf_rb_node', 'bpf_rb_root');
    },
  },
  notNull: (index) => index <= 1,
  effect: (s, call) => {
    if (call.kfunc.name === ADD) compareLater(s, call);
    if (PUTS.has(call.kfunc.name)) handOver(s, call);
  },
  result: (s, call) => {
    if (call.root === undefined || PUTS.has(call.kfunc.name)) return false;
    markNode(s, s.reg(0), call.root);
    return true;
  },
  after: (s, call) => {
    const isPointer = s.memory.baseType(s.reg(0)) === TYPE_BTF_ID;
    if (isPointer && !call.kfunc.flags.has('acquire')) lend(s, s.reg(0));
  },
};

function wrong(s: Session, text: string): never {
  return refuse(graph, s.at, { text });
}

/** Whether a comparison of a tree runs: it may not change the tree. */
export function inComparison(s: Session): boolean {
  return s.depth() > 0 && s.calledBackBy(ADD);
}

function constantOffset(s: Session, regno: number, field: string): number {
  const reg = s.reg(regno);
  const variable = s.memory.constNumber(reg);
  if (variable === undefined)
    return wrong(s, `R${regno} doesn't have constant offset. ${field} has to be at the constant offset`);
  return s.memory.off(reg) + variable;
}

function checkOwned(s: Session, reg: RegAddr, index: number, types: readonly number[], what: string): void {
  const type = s.memory.type(reg);
  if (!types.includes(type)) wrong(s, `arg#${index} expected pointer to ${what}`);
  if (type === OBJECT && s.memory.refObjId(reg) === 0) wrong(s, 'allocated object must be referenced');
}

function checkRoot(s: Session, call: KfuncCall, index: number, kind: string): void {
  const regno = index + 1;
  const reg = s.reg(regno);
  checkOwned(s, reg, index, [TYPE_MAP_VALUE, OBJECT], 'map value or allocated object');
  const off = constantOffset(s, regno, kind);
  const fields = fieldsOf(s, reg);
  const field = fields.find(({ name, offset }) => name === kind && offset === off);
  if (field?.holds === undefined) wrong(s, `${kind} not found at offset=${off >>> 0}`);
  if (!holdsThisLock(s, s.memory.id(reg), lockOwner(s, reg))) {
    const other = holdsLock(s) ? 'held lock and object are not in the same allocation\n' : '';
    const lock = fields.find(({ name }) => name === 'bpf_spin_lock')?.offset ?? -22;
    wrong(s, `${other}bpf_spin_lock at off=${lock} must be held for ${kind}`);
  }
  call.root = field;
}

function checkTreeNode(s: Session, { kfunc: { name } }: KfuncCall, index: number): void {
  const reg = s.reg(index + 1);
  if (name === ADD) {
    checkOwned(s, reg, index, [OBJECT], 'allocated object');
    return;
  }
  if (!s.memory.hasFlag(reg, FLAG_NON_OWN_REF) && s.memory.refObjId(reg) === 0)
    wrong(s, `${name} can only take non-owning or refcounted bpf_rb_node pointer`);
  if (inComparison(s)) wrong(s, `${name} not allowed in rbtree cb`);
}

function checkNode(s: Session, call: KfuncCall, index: number, kind: string, rootKind: string): void {
  const { memory } = s;
  const regno = index + 1;
  const reg = s.reg(regno);
  const off = constantOffset(s, regno, kind);
  if (!fieldsOf(s, reg).some(({ name, offset }) => name === kind && offset === off))
    wrong(s, `${kind} not found at offset=${off >>> 0}`);
  const holds = call.root?.holds;
  const btf = s.program.btf;
  if (holds === undefined || btf === undefined) return;
  const nameAt = (id: BtfTypeId): string => nameOf(btf.types.at(id) ?? { kind: 'void' });
  if (memory.aux(reg) !== holds.value)
    wrong(
      s,
      `operation on ${rootKind} expects arg#1 ${kind} at offset=${holds.node} in struct ${nameAt(holds.value)}, but arg is at offset=${off} in struct ${nameAt(memory.aux(reg))}`,
    );
  if (off !== holds.node)
    wrong(
      s,
      `arg#1 offset=${off}, but expected ${kind} at offset=${holds.node} in struct ${nameAt(holds.value)}`,
    );
}

/** A pointer to the node of an object of the list or tree. */
function markNode(s: Session, reg: RegAddr, { holds }: SpecialField): void {
  const { memory, ops } = s;
  ops.markPointer(reg, OBJECT);
  memory.setMap(reg, -1);
  memory.setAux(reg, holds?.value ?? 0);
  memory.setBtf(reg, BTF_PROGRAM);
  memory.setOff(reg, holds?.node ?? 0);
}

/** The pointer does not own its object: it may be used while the lock is held, and longer where objects are counted. */
function lend(s: Session, reg: RegAddr): void {
  const counted =
    s.program.btf !== undefined &&
    objectFields(s.program.btf, s.memory.aux(reg)).some(({ name }) => name === 'bpf_refcount');
  s.memory.setType(reg, s.memory.type(reg) | FLAG_NON_OWN_REF | (counted ? FLAG_RCU : 0));
}

/** The object belongs to the list or tree from now on; all its pointers are lent ones. */
function handOver(s: Session, { kfunc }: KfuncCall): void {
  const { memory, ops } = s;
  const { state } = s.path;
  const id = memory.refObjId(s.reg(2));
  if (!drop(s, state, REF_POINTER, id))
    refuse(releaseRule, s.at, { problem: 'kfunc_not_acquired', name: kfunc.name, id: kfunc.id });
  ops.walkStart(state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) {
    if (memory.refObjId(reg) !== id) continue;
    memory.setRefObjId(reg, 0);
    lend(s, reg);
  }
}

/** The function that tells which of two objects comes first. */
function compareLater(s: Session, { subprogram, root }: KfuncCall): void {
  const { frame } = startNow(s, subprogram);
  for (const index of [1, 2]) {
    const reg = s.memory.reg(frame, index);
    markNode(s, reg, root as SpecialField);
    lend(s, reg);
  }
}
