import { ARRAY_FLAGS, checkArray } from './checks.js';
import { ELEMENT_HELPERS } from './element-helpers.js';
import type { MapType } from './map-type.js';

/** A fixed number of values, numbered from 0, all present and zero from the start. Linux: arraymap.c. */
export const array: MapType = {
  id: 2,
  name: 'array',
  since: '3.19',
  doc: 'A fixed number of values, numbered from 0, all present and zero from the start.',
  perCpu: false,
  indexed: true,
  directValue: true,
  lookup: 'value',
  asInner: 'same_entries',
  flags: ARRAY_FLAGS,
  checkCreate: (shape) => checkArray(shape, ARRAY_FLAGS, false),
  helpers: ELEMENT_HELPERS,
};
