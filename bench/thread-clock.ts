import { libc } from '../src/linux/sys/libc.js';

const CLOCK_GETTIME = process.arch === 'arm64' ? 113 : 228;
const CLOCK_THREAD_CPUTIME_ID = 3;

/** Milliseconds of processor time that this thread has had, in the kernel too; `withLinux` false: of the clock. */
export function threadTime(withLinux: boolean): number {
  if (!withLinux) return performance.now();
  const time = new BigInt64Array(2);
  libc().syscall(CLOCK_GETTIME, CLOCK_THREAD_CPUTIME_ID, new Uint8Array(time.buffer), 0);
  return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
}
