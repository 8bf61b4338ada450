// Redirecting XDP frames to the entries of maps of devices, CPUs and sockets.
import {
  CPU_REDIRECT_FLAGS, CPU_REDIRECT_IFINDEX, CPU_REDIRECT_KEY, CPU_REDIRECT_MAP, MAP_DEVMAP, MAP_DEVMAP_HASH,
  MAP_ID, MAP_MAX_ENTRIES, MAP_TYPE, MAP_VALUES, PROG_STRIDE,
} from '../layout';
import { cpuArea } from './cpu';
import { hash_lookup } from './hash';
import { stackPointer } from './stack';

const XDP_ABORTED: u64 = 0;
const XDP_REDIRECT: u64 = 4;
/** The verdict when there is no entry. */
const VERDICT: u64 = 3;
const BROADCAST: u64 = 8;
const EXCLUDE_INGRESS: u64 = 16;

@inline
export function isDevices(type: u32): bool { return type == MAP_DEVMAP || type == MAP_DEVMAP_HASH; }

/** The entry at an index, which begins with a word that is 0 when there is nothing; 0 without one. */
export function slot_lookup(map: usize, key: usize): usize {
  const index = load<u32>(key);
  if (index >= load<u32>(map, MAP_MAX_ENTRIES)) return 0;
  const entry = <usize>load<u32>(map, MAP_VALUES) + <usize>index * PROG_STRIDE;
  return load<u32>(entry) ? entry : 0;
}

/** XDP_REDIRECT; without an entry the verdict in the flags; XDP_ABORTED for flags that the map type has not. */
export function xdp_redirect_map(map: usize, index: u32, flags: u64): u64 {
  const type = load<u32>(map, MAP_TYPE);
  const known = isDevices(type) ? VERDICT | BROADCAST | EXCLUDE_INGRESS : VERDICT;
  if (flags & ~known) return XDP_ABORTED;
  const key = stackPointer - 16;
  store<u32>(key, index);
  const entry = type == MAP_DEVMAP_HASH ? hash_lookup(map, key) : slot_lookup(map, key);
  if (!entry && !(flags & BROADCAST)) {
    store<u32>(cpuArea, 0, CPU_REDIRECT_MAP);
    return flags & VERDICT;
  }
  store<u32>(cpuArea, load<u32>(map, MAP_ID), CPU_REDIRECT_MAP);
  store<u32>(cpuArea, index, CPU_REDIRECT_KEY);
  store<u32>(cpuArea, <u32>(flags & BROADCAST ? flags : 0), CPU_REDIRECT_FLAGS);
  store<u32>(cpuArea, entry && isDevices(type) ? load<u32>(entry) : 0, CPU_REDIRECT_IFINDEX);
  return XDP_REDIRECT;
}
