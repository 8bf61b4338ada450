import type { Run } from '../context.js';
import { nextOfQueue } from '../queue.js';

export const run: Run = (context) => nextOfQueue(context, 'read', (map) => map.lookup(new Uint8Array(0)));
