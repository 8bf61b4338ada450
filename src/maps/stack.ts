import { checkQueue, QUEUE_FLAGS } from './checks.js';
import { QUEUE_HELPERS } from './element-helpers.js';
import type { MapType } from './map-type.js';

/** Values last in, first out. Linux: queue_stack_maps.c. */
export const stack: MapType = {
  id: 23,
  name: 'stack',
  since: '4.20',
  doc: 'Values without keys: the last one pushed is the first one popped.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  flags: QUEUE_FLAGS,
  checkCreate: checkQueue,
  helpers: QUEUE_HELPERS,
};
