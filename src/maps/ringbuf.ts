import { checkFlags } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode;
const PAGE = 4096;

function isPowerOfTwoPages({ maxEntries }: MapShape): boolean {
  return maxEntries >= PAGE && Number.isInteger(Math.log2(maxEntries));
}

/** Records of any size from all CPUs to user space, in one order. Linux: ringbuf.c. */
export const ringbuf: MapType = {
  id: 27,
  name: 'ringbuf',
  since: '5.8',
  doc: 'One ring buffer for all CPUs, through which programs send records of any size to user space in their order. The entries are its size in bytes.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  flags: FLAGS,
  checkCreate: (shape) =>
    checkFlags(shape, FLAGS) ??
    (shape.keySize !== 0 || shape.valueSize !== 0
      ? { errno: 'EINVAL', reason: 'a ring buffer has neither keys nor values: both sizes are 0' }
      : isPowerOfTwoPages(shape)
        ? undefined
        : {
            errno: 'EINVAL',
            reason: `the size of a ring buffer is a power of two of at least ${PAGE} bytes, not ${shape.maxEntries}`,
          }),
  helpers: [
    'bpf_ringbuf_output',
    'bpf_ringbuf_reserve',
    'bpf_ringbuf_submit',
    'bpf_ringbuf_discard',
    'bpf_ringbuf_query',
    'bpf_ringbuf_reserve_dynptr',
    'bpf_ringbuf_submit_dynptr',
    'bpf_ringbuf_discard_dynptr',
  ],
};
