import { checkSlotArray } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly;

/** Cgroups by number, for programs that ask what is below them. Linux: arraymap.c. */
export const cgroupArray: MapType = {
  id: 8,
  name: 'cgroup_array',
  since: '4.8',
  doc: 'Cgroups by number, for programs that ask whether a task or a packet is below one. Values are cgroup ids.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  flags: FLAGS,
  checkCreate: (shape) => checkSlotArray(shape, FLAGS),
  helpers: ['bpf_skb_under_cgroup', 'bpf_current_task_under_cgroup'],
};
