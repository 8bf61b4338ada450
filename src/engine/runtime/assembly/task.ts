// Time, randomness, and who runs.
import {
  CPU_CGROUP, CPU_COMM, CPU_ID, CPU_PID_TGID, CPU_RANDOM, CPU_RETVAL, CPU_UID_GID, EINVAL, SYS_CLOCK_NS, SYS_CLOCK_PINNED,
} from '../layout';
import { cpuArea } from './cpu';

@external("host", "now")
declare function hostNow(): f64;

export function ktime_get_ns(): u64 {
  return load<u32>(SYS_CLOCK_PINNED) ? load<u64>(SYS_CLOCK_NS) : <u64>hostNow();
}

/** In ticks of 4 ms, counted as Linux does from five minutes before the 32-bit counter overflows. */
export function jiffies64(): u64 {
  return 4294892296 + ktime_get_ns() / 4000000;
}

export function get_prandom_u32(): u32 {
  // xorshift64* (Vigna 2016)
  let x = load<u64>(cpuArea, CPU_RANDOM);
  x ^= x >> 12;
  x ^= x << 25;
  x ^= x >> 27;
  store<u64>(cpuArea, x, CPU_RANDOM);
  return <u32>((x * 0x2545f4914f6cdd1d) >> 32);
}

export function get_smp_processor_id(): u32 { return load<u32>(cpuArea, CPU_ID); }
export function get_numa_node_id(): u32 { return 0; }
export function get_current_pid_tgid(): u64 { return load<u64>(cpuArea, CPU_PID_TGID); }
export function get_current_uid_gid(): u64 { return load<u64>(cpuArea, CPU_UID_GID); }

export function get_current_comm(buffer: usize, size: u32): i32 {
  if (!size) return -EINVAL;
  memory.fill(buffer, 0, <usize>size);
  memory.copy(buffer, cpuArea + CPU_COMM, <usize>min<u32>(size - 1, 15));
  return 0;
}

export function get_current_cgroup_id(): u64 { return load<u64>(cpuArea, CPU_CGROUP); }

/** What the call that cgroup programs run for returns. */
export function get_retval(): i32 { return load<i32>(cpuArea, CPU_RETVAL); }
export function set_retval(value: i32): i32 {
  store<i32>(cpuArea, value, CPU_RETVAL);
  return 0;
}
