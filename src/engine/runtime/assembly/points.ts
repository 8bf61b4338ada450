// The programs attached to the points of a replay.
import { CPU_TAIL_CALLS } from '../layout';
import { ENTRY_RUNS, ENTRY_SLOT, POINT_TRACEPOINTS, RP_POINTS } from '../replay-layout';
import { cpuArea } from './cpu';

@inline
export function count(state: usize, point: u32): u32 {
  return load<u32>(state + RP_POINTS + (point << 3));
}

@inline
export function entries(state: usize, point: u32): usize {
  return load<u32>(state + RP_POINTS + (point << 3) + 4);
}

@inline
export function isWatched(state: usize, tracepoint: u32): bool {
  const point = POINT_TRACEPOINTS + 2 * tracepoint;
  return (count(state, point) | count(state, point + 1)) != 0;
}

@inline
export function add(address: usize, amount: u64): void {
  store<u64>(address, load<u64>(address) + amount);
}

/** Runs one attached program. */
export function runEntry(entry: usize, ctx: usize): u32 {
  store<u32>(cpuArea, 0, CPU_TAIL_CALLS);
  add(entry + ENTRY_RUNS, 1);
  return <u32>call_indirect<u64>(load<u32>(entry, ENTRY_SLOT), <u64>ctx);
}
