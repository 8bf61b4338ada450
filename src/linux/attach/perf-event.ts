import { KernelError } from '../../errors/errno.js';
import { PERF_COUNT_SW, PERF_FLAG, PERF_TYPE, perfEventOpen } from '../sys/perf-event.js';
import type { Attacher } from './attacher.js';
import { attachToEvent } from './perf-link.js';

const EVENTS = {
  cpu_clock: { type: PERF_TYPE.software, config: PERF_COUNT_SW.cpu_clock },
  task_clock: { type: PERF_TYPE.software, config: PERF_COUNT_SW.task_clock },
  cpu_cycles: { type: PERF_TYPE.hardware, config: 0 },
} as const;

/** Samples of one CPU, one process, or one process on one CPU. */
export const perfEvent: Attacher<'perf_event'> = {
  types: ['perf_event'],
  attach(context, target) {
    if (target.pid === undefined && target.cpu === undefined) {
      throw new KernelError('EINVAL', 'an event samples one process or one CPU', {
        hint: 'give a pid or a cpu; for all CPUs attach once for each',
      });
    }
    const event = perfEventOpen(
      target.event,
      { ...EVENTS[target.event], sample_period: target.frequency, flags: PERF_FLAG.freq },
      { pid: target.pid ?? -1, cpu: target.cpu ?? -1 },
    );
    return attachToEvent(context, target, event);
  },
};
