import { SYS_THREADED } from '../layout';

// An import, not a global of this module: each instance belongs to one CPU, and the host may move it to another.
@external("env", "cpu_area")
export declare let cpuArea: usize;

@inline
export function acquire(lock: usize): void {
  if (load<u32>(SYS_THREADED)) {
    while (atomic.cmpxchg<u32>(lock, 0, 1) != 0) {
      while (atomic.load<u32>(lock) != 0) {}
    }
  }
}

@inline
export function release(lock: usize): void {
  if (load<u32>(SYS_THREADED)) atomic.store<u32>(lock, 0);
}

@inline
export function roundUp(size: usize, unit: usize): usize {
  return (size + unit - 1) & ~(unit - 1);
}
