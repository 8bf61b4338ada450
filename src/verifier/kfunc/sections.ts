import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { sectionBalance } from '../rules/section-balance.js';
import { type Region, sleepable } from '../rules/sleepable.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_UNTRUSTED,
  SLOT_BYTES,
  SLOT_ITER,
  STATE_ACTIVE_IRQ_ID,
  STATE_ACTIVE_PREEMPT,
  STATE_ACTIVE_RCU,
} from '../state/layout.js';
import type { KfuncCall } from './call.js';
import type { SpecialKfuncs } from './special.js';

/** Sections in which the program must not sleep, the innermost reason first in Linux's order of asking. */
const REGIONS = [
  ['rcu', STATE_ACTIVE_RCU],
  ['preempt', STATE_ACTIVE_PREEMPT],
  ['irq', STATE_ACTIVE_IRQ_ID],
] as const satisfies readonly (readonly [Region, number])[];

/** The section that keeps the program from sleeping here; undefined when none does. */
export function openRegion(s: Session): Region | undefined {
  return REGIONS.find(([, at]) => s.memory.word(s.path.state + at) !== 0)?.[0];
}

/** RCU read sections do not nest; stretches without preemption do. */
export const sections: SpecialKfuncs = {
  names: [
    'bpf_rcu_read_lock',
    'bpf_rcu_read_unlock',
    'bpf_preempt_disable',
    'bpf_preempt_enable',
    'bpf_local_irq_save',
    'bpf_local_irq_restore',
  ],
  effect: (s, { kfunc: { name } }) => {
    switch (name) {
      case 'bpf_rcu_read_lock':
        beginReading(s, name);
        return;
      case 'bpf_rcu_read_unlock':
        endReading(s, name);
        return;
      case 'bpf_preempt_disable':
        addPreempt(s, 1);
        return;
      case 'bpf_preempt_enable':
        if (s.memory.word(s.path.state + STATE_ACTIVE_PREEMPT) === 0)
          refuse(sectionBalance, s.at, { problem: 'unmatched_preempt', name });
        addPreempt(s, -1);
    }
  },
};

function addPreempt(s: Session, change: number): void {
  const at = s.path.state + STATE_ACTIVE_PREEMPT;
  s.memory.setWord(at, s.memory.word(at) + change);
}

function beginReading(s: Session, name: string): void {
  const at = s.path.state + STATE_ACTIVE_RCU;
  if (s.memory.word(at) !== 0) refuse(sectionBalance, s.at, { problem: 'nested_rcu', name });
  s.memory.setWord(at, 1);
}

function endReading(s: Session, name: string): void {
  const at = s.path.state + STATE_ACTIVE_RCU;
  if (s.memory.word(at) === 0) refuse(sectionBalance, s.at, { problem: 'unmatched_rcu', name });
  s.memory.setWord(at, 0);
  forgetRcuPointers(s);
}

/** What was valid in the read section only is in doubt from now on, iterators too. */
function forgetRcuPointers(s: Session): void {
  const { memory, ops } = s;
  const { state } = s.path;
  ops.walkStart(state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) forgetRcu(s, reg);
  for (let index = 0; index <= memory.currentFrameIndex(state); index++) {
    const frame = memory.frame(state, index);
    const slots = memory.stackDepth(frame) / SLOT_BYTES;
    for (let slot = 0; slot < slots; slot++)
      if (memory.slotType(frame, slot, SLOT_BYTES - 1) === SLOT_ITER)
        forgetRcu(s, memory.spilled(frame, slot));
  }
}

function forgetRcu(s: Session, reg: RegAddr): void {
  const { memory } = s;
  if (!memory.hasFlag(reg, FLAG_RCU)) return;
  memory.setType(reg, (memory.type(reg) & ~(FLAG_RCU | FLAG_MAYBE_NULL)) | FLAG_UNTRUSTED);
}

/** A function that may sleep is not called where the program holds that off. */
export function checkRegions(s: Session, { kfunc: { name, flags } }: KfuncCall): void {
  if (!flags.has('sleepable')) return;
  const region = openRegion(s);
  if (region === undefined) return;
  refuse(sleepable, s.at, { problem: 'kfunc_in', name, region }, 'EACCES');
}
