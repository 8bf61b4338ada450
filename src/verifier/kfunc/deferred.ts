import type { Session } from '../explore/session.js';
import { checkMapField } from '../obligations/map-field.js';
import { mapOf } from '../obligations/memory.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import { TYPE_MAP_VALUE } from '../state/layout.js';
import { passMapElement, startLater } from '../transfer/callback.js';
import type { KfuncCall } from './call.js';
import type { SpecialKfuncs } from './special.js';

/** Functions that run later and may sleep: of work queues, and of tasks on their way back to user space. */
export const deferred: SpecialKfuncs = {
  names: [
    'bpf_wq_init',
    'bpf_wq_set_callback_impl',
    'bpf_wq_start',
    'bpf_task_work_schedule_signal_impl',
    'bpf_task_work_schedule_resume_impl',
  ],
  arguments: {
    work_queue: (s, call, index) => {
      checkField(s, call, index, 'bpf_wq');
    },
    task_work: (s, call, index) => {
      checkField(s, call, index, 'bpf_task_work');
    },
  },
  effect: (s, call) => {
    const { name } = call.kfunc;
    if (name === 'bpf_wq_set_callback_impl') runLater(s, call, 1);
    else if (name.startsWith('bpf_task_work_schedule')) runLater(s, call, 2);
  },
};

function checkField(s: Session, call: KfuncCall, index: number, field: string): void {
  const regno = index + 1;
  const reg = s.reg(regno);
  if (s.memory.type(reg) !== TYPE_MAP_VALUE)
    refuse(kfuncArgument, s.at, { text: `arg#${index} doesn't point to a map value` });
  checkMapField(s, regno, field);
  call.map = mapOf(s, reg);
  call.mapIndex = s.memory.map(reg);
  call.mapUid = s.memory.aux(reg);
}

/** @param field the register that points to the queue in its map's value. */
function runLater(s: Session, { subprogram }: KfuncCall, field: number): void {
  const caller = s.frame;
  passMapElement(s, caller, startLater(s, subprogram, true), field);
}
