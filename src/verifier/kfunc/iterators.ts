import { nameOf } from '../../btf/index.js';
import type { BtfType } from '../../btf/types.js';
import { iterators as ITERATORS } from '../../kfuncs/iterators.js';
import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { inReadSection, mayBeAsleep } from '../kernel-types/trust.js';
import { frameOfPointer } from '../obligations/stack-bounds.js';
import { previousVisit } from '../prune/previous-visit.js';
import { iterator } from '../rules/iterator.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr, StateAddr } from '../state/domain.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_UNTRUSTED,
  ITER_ACTIVE,
  ITER_DRAINED,
  REG_AUX2,
  REG_ITER_DEPTH,
  SLOT_BYTES,
  SLOT_ITER,
  TYPE_STACK,
} from '../state/layout.js';
import { acquire, REF_POINTER, release } from '../transfer/references.js';
import type { KernelFunction, KfuncCall } from './call.js';
import { pointedTo, targetOf } from './classify.js';
import type { SpecialKfuncs } from './special.js';
import {
  claimSlot,
  freeSlot,
  placeOf,
  type StackPlace,
  slotHas,
  slotIs,
  writeObject,
} from './stack-object.js';

/**
 * Open-coded iterators: a struct on the stack that is made, asked for the next element until it answers null, and
 * destroyed. Where the next element is asked for the walk goes on as if there were none, and later as if there were.
 */
export const iterators: SpecialKfuncs = {
  names: ITERATORS.map(({ name }) => name),
  arguments: { iterator: checkIterator },
  after: (s, call) => {
    if (call.kfunc.flags.has('iter_next')) takeNext(s, call);
  },
};

/** The word for an iterator in Linux's messages: `iter_num` of `struct bpf_iter_num`. */
function wordOf(kfunc: KernelFunction, index: number): string {
  return nameOf(targetOf(kfunc, index)).replace(/^bpf_/, '');
}

function invalid(s: Session, text: string): never {
  return refuse(iterator, s.at, { text });
}

function checkIterator(s: Session, call: KfuncCall, index: number): void {
  const { kfunc } = call;
  if (kfunc.name === 'bpf_iter_css_task_new' && !mayWalkTasks(s))
    invalid(s, 'css_task_iter is only allowed in bpf_lsm, bpf_iter and sleepable progs');
  const reg = s.reg(index + 1);
  if (s.memory.type(reg) !== TYPE_STACK) invalid(s, `arg#${index} expected pointer to an iterator on stack`);
  const type: BtfType = targetOf(kfunc, index);
  if (type.kind !== 'struct' || !type.name.startsWith('bpf_iter_'))
    invalid(s, `expected valid iter pointer as arg #${index}`);
  const slots = type.size / SLOT_BYTES;
  if (kfunc.flags.has('iter_new')) makeIterator(s, call, index, slots);
  else useIterator(s, call, index, slots);
}

/** The iterator over the tasks of a cgroup takes a lock that some places hold already. */
function mayWalkTasks(s: Session): boolean {
  const { hook, attachType } = s.program;
  return hook.name === 'lsm' || (hook.name === 'tracing' && attachType === 'trace_iter') || mayBeAsleep(s);
}

function slotsFrom(place: StackPlace & { kind: 'slot' }, slots: number): number[] {
  return Array.from({ length: slots }, (_, index) => place.slot - index);
}

function makeIterator(s: Session, { kfunc }: KfuncCall, index: number, slots: number): void {
  const { memory } = s;
  const reg = s.reg(index + 1);
  const place = placeOf(s, reg, 'iter', slots);
  const isTaken =
    place.kind === 'slot' && slotsFrom(place, slots).some((slot) => slotHas(s, place.frame, slot, SLOT_ITER));
  if (place.kind === 'wrong' || isTaken) {
    const note = place.kind === 'wrong' ? place.note : '';
    invalid(s, `${note}expected uninitialized ${wordOf(kfunc, index)} as arg #${index}`);
  }
  writeObject(s, index + 1, slots);
  const here = placeOf(s, reg, 'iter', slots);
  if (here.kind !== 'slot') throw new Error('slots that were written are there');
  const id = acquire(s, REF_POINTER);
  const isProtected = kfunc.flags.has('rcu_protected');
  const flag = !isProtected ? 0 : inReadSection(s) ? FLAG_RCU : FLAG_UNTRUSTED;
  for (const slot of slotsFrom(here, slots)) {
    const record = claimSlot(s, here.frame, slot, SLOT_ITER);
    memory.setType(record, TYPE_STACK | flag);
    memory.setRefObjId(record, slot === here.slot ? id : 0);
    memory.setAux(record, pointedTo(kfunc, index) ?? 0);
    memory.setWord(record + REG_AUX2, ITER_ACTIVE);
    memory.setWord(record + REG_ITER_DEPTH, 0);
  }
}

function useIterator(s: Session, call: KfuncCall, index: number, slots: number): void {
  const { memory } = s;
  const { kfunc } = call;
  const reg = s.reg(index + 1);
  const place = placeOf(s, reg, 'iter', slots);
  const problem = place.kind === 'slot' ? problemOf(s, call, index, place, slots) : 'invalid';
  if (place.kind !== 'slot' || problem === 'invalid') {
    const note = place.kind === 'wrong' ? place.note : '';
    invalid(s, `${note}expected an initialized ${wordOf(kfunc, index)} as arg #${index}`);
  }
  if (problem === 'section') invalid(s, `expected an RCU CS when using ${kfunc.name}`);
  const frameno = memory.frameNumber(place.frame);
  for (const slot of slotsFrom(place, slots)) {
    s.liveStack.read(frameno, s.at, slot);
    if (place.frame === s.frame) s.touchSlot(slot);
  }
  const id = memory.refObjId(memory.spilled(place.frame, place.slot));
  call.iterator = { frame: frameno, slot: place.slot };
  call.refObjId = id;
  if (!kfunc.flags.has('iter_destroy')) return;
  release(s, id);
  for (const slot of slotsFrom(place, slots)) freeSlot(s, place.frame, slot);
}

/** Why the slots are no such iterator, or none that may be used here. */
function problemOf(
  s: Session,
  { kfunc }: KfuncCall,
  index: number,
  place: StackPlace & { kind: 'slot' },
  slots: number,
): 'invalid' | 'section' | undefined {
  const { memory } = s;
  for (const slot of slotsFrom(place, slots)) {
    const record = memory.spilled(place.frame, slot);
    if (memory.hasFlag(record, FLAG_UNTRUSTED)) return 'section';
    const isFirst = slot === place.slot;
    if (isFirst !== (memory.refObjId(record) !== 0)) return 'invalid';
    if (memory.aux(record) !== pointedTo(kfunc, index)) return 'invalid';
    if (!slotIs(s, place.frame, slot, SLOT_ITER)) return 'invalid';
  }
  return undefined;
}

/** The record of the iterator that a call advances, in a state. */
export function iteratorOf(
  s: Session,
  state: StateAddr,
  { frame, slot }: { frame: number; slot: number },
): RegAddr {
  return s.memory.spilled(s.memory.frame(state, frame), slot);
}

/** There is no next element here; there is one on the path that is set aside. */
function takeNext(s: Session, { iterator: place }: KfuncCall): void {
  if (place === undefined) return;
  const { memory, ops } = s;
  const current = iteratorOf(s, s.path.state, place);
  if (memory.word(current + REG_AUX2) === ITER_ACTIVE) {
    const previous = previousVisit(s, s.at);
    const copy = fork(s, s.at + 1, s.at);
    const ahead = iteratorOf(s, copy.state, place);
    memory.setWord(ahead + REG_ITER_DEPTH, memory.word(ahead + REG_ITER_DEPTH) + 1);
    if (previous !== undefined) ops.widenImprecise(previous.state, copy.state);
    const element = memory.reg(memory.currentFrame(copy.state), 0);
    memory.setType(element, memory.type(element) & ~FLAG_MAYBE_NULL);
  }
  memory.setWord(current + REG_AUX2, ITER_DRAINED);
  ops.markKnown(s.reg(0), 0n);
}

/**
 * Whether the iterator that a call at the current instruction would advance may have more: r1 points to it.
 */
export function nextIsActive(s: Session): boolean {
  const { memory } = s;
  const reg = s.reg(1);
  const off = memory.off(reg) + (memory.constNumber(reg) ?? 0);
  const slot = Math.trunc((-off - 1) / SLOT_BYTES);
  return memory.word(memory.spilled(frameOfPointer(s, reg), slot) + REG_AUX2) === ITER_ACTIVE;
}

/** Whether an active iterator was walked further in one state than in the other: then it is no standstill. */
export function iteratorsAdvanced(s: Session, old: StateAddr, current: StateAddr): boolean {
  const { memory } = s;
  for (let index = 0; index <= memory.currentFrameIndex(old); index++) {
    const frame = memory.frame(old, index);
    const other = memory.frame(current, index);
    const slots = memory.stackDepth(frame) / SLOT_BYTES;
    for (let slot = 0; slot < slots; slot++) {
      if (memory.slotType(frame, slot, 0) !== SLOT_ITER) continue;
      const record = memory.spilled(frame, slot);
      if (memory.word(record + REG_AUX2) !== ITER_ACTIVE) continue;
      if (memory.word(record + REG_ITER_DEPTH) !== memory.word(memory.spilled(other, slot) + REG_ITER_DEPTH))
        return true;
    }
  }
  return false;
}
