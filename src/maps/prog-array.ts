import { checkSlotArray } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly;

/** Programs by number, for tail calls. Linux: arraymap.c. */
export const progArray: MapType = {
  id: 3,
  name: 'prog_array',
  since: '4.2',
  doc: 'Programs by number: the targets of bpf_tail_call.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'none',
  asInner: 'never',
  flags: FLAGS,
  checkCreate: (shape) => checkSlotArray(shape, FLAGS),
  helpers: ['bpf_tail_call'],
};
