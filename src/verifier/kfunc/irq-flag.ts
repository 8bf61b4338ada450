import type { Session } from '../explore/session.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import { sectionBalance } from '../rules/section-balance.js';
import { SLOT_IRQ_FLAG, STATE_ACTIVE_IRQ_ID, TYPE_STACK } from '../state/layout.js';
import { acquire, drop, insnOfReference, lastReference, REF_IRQ } from '../transfer/references.js';
import { claimSlot, freeSlot, placeOf, slotHas, slotIs, writeObject } from './stack-object.js';

/** Which functions saved the flags: those for interrupts alone, or those of a lock. */
export type IrqOwner = 'native' | 'lock';
const OWNERS: readonly IrqOwner[] = ['native', 'lock'];

/** Interrupts go off; how they were is kept in a slot of the stack. */
export function saveInterrupts(s: Session, index: number, owner: IrqOwner = 'native'): void {
  const reg = onStack(s, index);
  const place = placeOf(s, reg, 'irq_flag', 1);
  const isTaken = place.kind === 'slot' && slotHas(s, place.frame, place.slot, SLOT_IRQ_FLAG);
  if (isTaken || place.kind === 'wrong') {
    const note = place.kind === 'wrong' ? place.note : '';
    refuse(kfuncArgument, s.at, { text: `${note}expected uninitialized irq flag as arg#${index}` });
  }
  writeObject(s, index + 1, 1);
  const here = placeOf(s, reg, 'irq_flag', 1);
  if (here.kind !== 'slot') throw new Error('a slot that was written is there');
  const id = acquire(s, REF_IRQ);
  s.memory.setWord(s.path.state + STATE_ACTIVE_IRQ_ID, id);
  const flag = claimSlot(s, here.frame, here.slot, SLOT_IRQ_FLAG);
  s.memory.setRefObjId(flag, id);
  s.memory.setAux(flag, OWNERS.indexOf(owner));
}

/** Interrupts are as they were; the flags that were saved last come back first. */
export function restoreInterrupts(s: Session, index: number, owner: IrqOwner = 'native'): void {
  const { memory } = s;
  const reg = onStack(s, index);
  const place = placeOf(s, reg, 'irq_flag', 1);
  const held = place.kind === 'slot' ? memory.refObjId(memory.spilled(place.frame, place.slot)) : 0;
  if (place.kind !== 'slot' || held === 0 || !slotIs(s, place.frame, place.slot, SLOT_IRQ_FLAG)) {
    const note = place.kind === 'wrong' ? place.note : '';
    refuse(kfuncArgument, s.at, { text: `${note}expected an initialized irq flag as arg#${index}` });
    return;
  }
  s.liveStack.read(memory.frameNumber(place.frame), s.at, place.slot);
  const saved = OWNERS[memory.aux(memory.spilled(place.frame, place.slot))];
  if (saved !== owner) {
    const text = `irq flag acquired by ${saved} kfuncs cannot be restored with ${owner} kfuncs`;
    refuse(sectionBalance, s.at, { problem: 'irq', text });
  }
  const active = memory.word(s.path.state + STATE_ACTIVE_IRQ_ID);
  if (held !== active) {
    const insn = insnOfReference(s, active);
    const text = `cannot restore irq state out of order, expected id=${active} acquired at insn_idx=${insn}`;
    refuse(sectionBalance, s.at, { problem: 'irq', text }, 'EACCES');
  }
  drop(s, s.path.state, REF_IRQ, held);
  memory.setWord(s.path.state + STATE_ACTIVE_IRQ_ID, lastReference(s, REF_IRQ));
  freeSlot(s, place.frame, place.slot);
}

function onStack(s: Session, index: number) {
  const reg = s.reg(index + 1);
  if (s.memory.type(reg) !== TYPE_STACK)
    refuse(kfuncArgument, s.at, { text: `arg#${index} doesn't point to an irq flag on stack` });
  return reg;
}
