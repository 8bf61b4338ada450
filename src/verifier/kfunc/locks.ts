import { fork } from '../explore/pending.js';
import type { Session } from '../explore/session.js';
import { checkSpinLock } from '../obligations/spin-lock.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import {
  FLAG_ALLOC,
  REG_S32_MAX,
  REG_S32_MIN,
  REG_SMAX,
  REG_SMIN,
  TYPE_BTF_ID,
  TYPE_MAP_VALUE,
} from '../state/layout.js';
import { REF_RES_LOCK, REF_RES_LOCK_IRQ } from '../transfer/references.js';
import { restoreInterrupts, saveInterrupts } from './irq-flag.js';
import type { SpecialKfuncs } from './special.js';

const TAKES = new Set(['bpf_res_spin_lock', 'bpf_res_spin_lock_irqsave']);
const WITH_INTERRUPTS_OFF = new Set(['bpf_res_spin_lock_irqsave', 'bpf_res_spin_unlock_irqrestore']);
const MAX_ERRNO = 4095;

/** Locks of which several may be held, and of which one may fail to be taken: the walk goes both ways. */
export const locks: SpecialKfuncs = {
  names: [...TAKES, 'bpf_res_spin_unlock', 'bpf_res_spin_unlock_irqrestore'],
  before: (s, { kfunc }) => {
    if (TAKES.has(kfunc.name)) failLater(s);
  },
  arguments: {
    res_spin_lock: (s, { kfunc }, index) => {
      const type = s.memory.type(s.reg(index + 1));
      if (type !== TYPE_MAP_VALUE && type !== (TYPE_BTF_ID | FLAG_ALLOC)) {
        const text = `arg#${index} doesn't point to map value or allocated object`;
        refuse(kfuncArgument, s.at, { text });
      }
      const kind = WITH_INTERRUPTS_OFF.has(kfunc.name) ? REF_RES_LOCK_IRQ : REF_RES_LOCK;
      checkSpinLock(s, index + 1, TAKES.has(kfunc.name), kind);
    },
    irq_flag: (s, { kfunc }, index) => {
      const owner = WITH_INTERRUPTS_OFF.has(kfunc.name) ? 'lock' : 'native';
      const saves = kfunc.name === 'bpf_local_irq_save' || TAKES.has(kfunc.name);
      if (saves) saveInterrupts(s, index, owner);
      else restoreInterrupts(s, index, owner);
    },
  },
  after: (s, { kfunc }) => {
    if (TAKES.has(kfunc.name)) s.ops.setKnown(s.reg(0), 0n);
  },
};

/** The lock is not taken, and r0 says why. */
function failLater(s: Session): void {
  const { memory, ops } = s;
  const { state } = fork(s, s.at + 1, s.at);
  const frame = memory.currentFrame(state);
  for (let index = 0; index <= 5; index++) ops.markNotInit(memory.reg(frame, index));
  const result = memory.reg(frame, 0);
  ops.markUnknown(result);
  for (const [low, word] of [
    [-MAX_ERRNO, REG_SMIN],
    [-1, REG_SMAX],
  ] as const) {
    memory.setWord(result + word, low);
    memory.setWord(result + word + 4, -1);
  }
  memory.setWord(result + REG_S32_MIN, -MAX_ERRNO);
  memory.setWord(result + REG_S32_MAX, -1);
  ops.syncBounds(result);
  memory.setSubregDef(result, s.at + 1);
}
