import type { Hook } from './hook.js';
import { MEASURED } from './measured.js';
import { skBuffCtx } from './sk-buff.js';

/** Programs that decide how much of a packet a socket receives. */
export const socketFilter: Hook = {
  id: 1,
  name: 'socket_filter',
  since: '3.19',
  doc: 'Returns how many bytes of the packet the socket gets; 0 drops it. Packets are read with helpers or LD_ABS only.',
  sections: [{ prefix: 'socket', rest: 'optional' }],
  ctx: skBuffCtx,
  ...MEASURED.socket_filter,
  attachTypes: [],
};
