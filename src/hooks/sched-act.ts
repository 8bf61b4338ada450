import type { Hook } from './hook.js';
import { TC_ACTIONS, tcCtx } from './sched-cls.js';

/** Programs that are the action of a tc filter. */
export const schedAct: Hook = {
  id: 4,
  name: 'sched_act',
  since: '4.1',
  doc: 'The action of a tc filter: decides about the packets that the filter selected.',
  sections: [{ prefix: 'action', rest: 'optional' }],
  ctx: tcCtx,
  verdicts: TC_ACTIONS,
  packet: 'write',
  attachTypes: [],
  testRun: true,
};
