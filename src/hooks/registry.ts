import type { Hook } from './hook.js';
import { rawTracepoint } from './raw-tracepoint.js';
import { schedAct } from './sched-act.js';
import { schedCls } from './sched-cls.js';
import { socketFilter } from './socket-filter.js';
import { tracepoint } from './tracepoint.js';
import { xdp } from './xdp.js';

/** Every hook that skep knows in full, in the order of Linux's numbers. */
export const HOOKS: readonly Hook[] = [socketFilter, schedCls, schedAct, tracepoint, xdp, rawTracepoint];

const BY_NAME = new Map(HOOKS.map((hook) => [hook.name, hook]));

/** The hook of a program type by bpftool's word; undefined for types that only `PROGRAM_TYPES` names. */
export function hookByName(name: string): Hook | undefined {
  return BY_NAME.get(name);
}
