import { checkArray } from './checks.js';
import { PERCPU_ELEMENT_HELPERS } from './element-helpers.js';
import { ACCESS_FLAGS } from './flags.js';
import type { MapType } from './map-type.js';

/** An array with a value of its own for each CPU. Linux: arraymap.c. */
export const percpuArray: MapType = {
  id: 6,
  name: 'percpu_array',
  since: '4.6',
  doc: 'An array that keeps each value once for each CPU, so that programs count without locks.',
  perCpu: true,
  indexed: true,
  directValue: false,
  lookup: 'value',
  flags: ACCESS_FLAGS,
  checkCreate: (shape) => checkArray(shape, ACCESS_FLAGS, true),
  helpers: PERCPU_ELEMENT_HELPERS,
};
