import type { Hook } from './hook.js';
import { SOCKET_FIELDS, skBuffLayout } from './sk-buff.js';

/** Programs that decide how much of a packet a socket receives. */
export const socketFilter: Hook = {
  id: 1,
  name: 'socket_filter',
  since: '3.19',
  doc: 'Returns how many bytes of the packet the socket gets; 0 drops it. Packets are read with helpers or LD_ABS only.',
  sections: [{ prefix: 'socket', rest: 'optional' }],
  ctx: skBuffLayout({
    hidden: [
      ...SOCKET_FIELDS,
      'tc_classid',
      'data',
      'data_end',
      'data_meta',
      'tstamp',
      'wire_len',
      'tstamp_type',
      'hwtstamp',
    ],
    writable: ['cb'],
  }),
  packet: 'none',
  attachTypes: [],
  testRun: true,
};
