import type { Run } from '../context.js';
import { nextOfQueue } from '../queue.js';

/** Also `dequeue`. */
export const run: Run = (context) =>
  nextOfQueue(context, 'write', (map) => map.lookupAndDelete(new Uint8Array(0)));
