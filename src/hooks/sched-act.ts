import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { TC_ACTIONS } from './sched-cls.js';
import { skBuffCtx } from './sk-buff.js';

/** Programs that are the action of a tc filter. */
export const schedAct: Hook = {
  id: 4,
  name: 'sched_act',
  since: '4.1',
  doc: 'The action of a tc filter: decides about the packets that the filter selected.',
  sections: [{ prefix: 'action', rest: 'optional' }],
  ctx: skBuffCtx,
  ...MEASURED.sched_act,
  verdicts: TC_ACTIONS,
  attachTypes: [],
};
