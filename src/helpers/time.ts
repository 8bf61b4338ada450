import { type HelperRow, INTEGER } from './row.js';

/** Clocks and random numbers. */
export const time: readonly HelperRow[] = [
  {
    name: 'bpf_ktime_get_ns',
    since: '4.1',
    doc: 'Nanoseconds since boot, without the time that the machine slept.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_ktime_get_boot_ns',
    since: '5.8',
    doc: 'Nanoseconds since boot, with the time that the machine slept.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_ktime_get_coarse_ns',
    since: '5.11',
    doc: 'Nanoseconds since boot, cheaper and coarser than bpf_ktime_get_ns.',
    args: [],
    returns: INTEGER,
  },
  {
    name: 'bpf_ktime_get_tai_ns',
    since: '6.1',
    doc: 'Nanoseconds of International Atomic Time since 1970.',
    args: [],
    returns: INTEGER,
  },
  { name: 'bpf_jiffies64', since: '5.6', doc: 'Timer ticks since boot.', args: [], returns: INTEGER },
  {
    name: 'bpf_get_prandom_u32',
    since: '4.1',
    doc: 'A pseudo-random 32-bit number. Not for secrets.',
    args: [],
    returns: INTEGER,
  },
];
