import type { AccessContext, MapAccess } from './access.js';
import { bloomAccess } from './bloom.js';
import { cgroupArrayAccess, cpumapAccess, devmapAccess, devmapHashAccess, xskmapAccess } from './devices.js';
import { arrayOfMapsAccess, hashOfMapsAccess } from './inner-maps.js';
import { perfEventAccess } from './perf-events.js';
import { programAccess } from './programs.js';
import { queueAccess } from './queue.js';
import { ringbufAccess } from './ringbuf.js';
import { valueAccess } from './values.js';

export type { AccessContext, InnerMaps, MapAccess } from './access.js';

/** Types whose entries are not values that programs look up. */
const OTHERS: Readonly<Record<string, (context: AccessContext) => MapAccess>> = {
  prog_array: programAccess,
  perf_event_array: perfEventAccess,
  lpm_trie: (context) => ({ ...valueAccess(context), walk: 'keys' }),
  array_of_maps: arrayOfMapsAccess,
  hash_of_maps: hashOfMapsAccess,
  queue: queueAccess,
  stack: queueAccess,
  ringbuf: ringbufAccess,
  bloom_filter: bloomAccess,
  devmap: devmapAccess,
  devmap_hash: devmapHashAccess,
  cpumap: cpumapAccess,
  xskmap: xskmapAccess,
  cgroup_array: cgroupArrayAccess,
};

/** How user space reaches the entries of a map of this type. */
export function accessFor(context: AccessContext): MapAccess {
  return (OTHERS[context.type.name] ?? valueAccess)(context);
}
