import { type HelperFamily, host, i32, i64, runtime } from '../family.js';

/** Seconds by which International Atomic Time is ahead of UTC since 2017. */
const TAI_OFFSET = 37n;
const CLOCK = runtime('ktime_get_ns', [], i64);

export const time: HelperFamily = {
  bindings: {
    bpf_ktime_get_ns: CLOCK,
    bpf_ktime_get_boot_ns: CLOCK,
    bpf_ktime_get_coarse_ns: CLOCK,
    bpf_ktime_get_tai_ns: host('ktime_get_tai_ns', 0),
    bpf_jiffies64: runtime('jiffies64', [], i64),
    bpf_get_prandom_u32: runtime('get_prandom_u32', [], i32),
  },
  host: ({ memory }) => ({
    // Where the clock is pinned, the machine was booted when Unix time began.
    ktime_get_tai_ns: () =>
      (memory.pinnedClock ?? BigInt(Date.now()) * 1_000_000n) + TAI_OFFSET * 1_000_000_000n,
  }),
};
