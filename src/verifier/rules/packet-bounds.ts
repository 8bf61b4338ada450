import { type BoundsFacts, boundsMessage } from './memory-bounds.js';
import type { Rule } from './rule.js';

export const packetBounds: Rule<BoundsFacts> = {
  id: 'packet-bounds',
  errno: 'EACCES',
  message: boundsMessage,
  explanation: 'The packet may be shorter than what this access reads.',
  hint: 'Compare data + offset + size with data_end first, with the same pointer, and leave on the branch where it is beyond; do it again after a helper that changes the packet.',
  fails: { hook: 'xdp', source: 'r2 = *(u32 *)(r1 + 0)\nr0 = *(u8 *)(r2 + 0)\nr0 = 1\nexit' },
  passes: {
    hook: 'xdp',
    source:
      'r2 = *(u32 *)(r1 + 0)\nr3 = *(u32 *)(r1 + 4)\nr4 = r2\nr4 += 1\nif r4 > r3 goto +1\nr0 = *(u8 *)(r2 + 0)\nr0 = 1\nexit',
  },
};
