import { missingTracepoint } from '../explain/tracepoint.js';
import { PERF_TYPE, perfEventOpen } from '../sys/perf-event.js';
import { tracepointCategories, tracepointFile } from '../sys/tracefs.js';
import type { Attacher } from './attacher.js';
import { attachToEvent } from './perf-link.js';

/** An event of tracefs. Without a category, the one that has a tracepoint of this name. */
export const tracepoint: Attacher<'tracepoint'> = {
  types: ['tracepoint'],
  attach(context, target) {
    const category = target.category ?? tracepointCategories(target.name)[0];
    const id = category === undefined ? undefined : tracepointFile(category, target.name, 'id');
    if (category === undefined || id === undefined) throw missingTracepoint(target);
    const event = perfEventOpen(
      `tracepoint ${category}/${target.name}`,
      { type: PERF_TYPE.tracepoint, config: BigInt(id.trim()), sample_period: 1, wakeup_events: 1 },
      { pid: -1, cpu: 0 },
    );
    return attachToEvent(context, { ...target, category }, event);
  },
};
