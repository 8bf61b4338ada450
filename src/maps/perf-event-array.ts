import { checkSlotArray } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly | MAP_FLAG.preserveElems;

/** Perf events by number, usually one ring buffer for each CPU. Linux: arraymap.c. */
export const perfEventArray: MapType = {
  id: 4,
  name: 'perf_event_array',
  since: '4.3',
  doc: 'Perf ring buffers by number, one for each CPU: where bpf_perf_event_output sends records to user space.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  flags: FLAGS,
  checkCreate: (shape) => checkSlotArray(shape, FLAGS),
  helpers: [
    'bpf_perf_event_output',
    'bpf_perf_event_read',
    'bpf_perf_event_read_value',
    'bpf_skb_output',
    'bpf_xdp_output',
  ],
};
