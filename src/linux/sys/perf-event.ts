import { callError } from '../explain/errno.js';
import { Fd } from './fd.js';
import { fill, type Values } from './layout.js';
import { checked, libc } from './libc.js';
import { syscallNumber } from './syscall.js';

/** struct perf_event_attr, as far as skep fills it in: `linux/perf_event.h`, PERF_ATTR_SIZE_VER5. */
const ATTR = {
  size: 112,
  fields: {
    type: [0, 'u32'],
    size: [4, 'u32'],
    config: [8, 'u64'],
    /** Also `sample_freq`. */
    sample_period: [16, 'u64'],
    sample_type: [24, 'u64'],
    read_format: [32, 'u64'],
    flags: [40, 'u64'],
    wakeup_events: [48, 'u32'],
    /** The name of a function or file. */
    config1: [56, 'pointer'],
    /** Where in it. */
    config2: [64, 'u64'],
  },
} as const;

/** Bits of `flags`. */
export const PERF_FLAG = { freq: 1n << 10n } as const;
/** `enum perf_type_id`; kprobe and uprobe have numbers that the kernel hands out. */
export const PERF_TYPE = { hardware: 0, software: 1, tracepoint: 2 } as const;
export const PERF_COUNT_SW = { cpu_clock: 0, task_clock: 1, bpf_output: 10 } as const;

const IOC_ENABLE = 0x2400;
const IOC_SET_BPF = 0x40042408;
const CLOEXEC = 8;

/** Whom an event counts: a process or a CPU; -1 for all of them. */
export interface PerfScope {
  readonly pid: number;
  readonly cpu: number;
}

/** perf_event_open(2). @throws {KernelError} */
export function perfEventOpen(what: string, values: Values<typeof ATTR>, { pid, cpu }: PerfScope): Fd {
  const attr = fill(ATTR, { size: ATTR.size, ...values });
  const result = checked(
    libc().perfEventOpen(syscallNumber('perfEventOpen'), attr.bytes, pid, cpu, -1, CLOEXEC),
  );
  if (result < 0) throw callError(`perf_event_open of ${what}`, result, { needs: ['CAP_PERFMON'] });
  return new Fd(result);
}

/** Lets an event count. @throws {KernelError} */
export function perfEventEnable(event: Fd): void {
  const result = checked(libc().ioctl(event.fd, IOC_ENABLE, 0));
  if (result < 0) throw callError('PERF_EVENT_IOC_ENABLE', result, { needs: ['CAP_PERFMON'] });
}

/** Runs a program at an event, as kernels before links (5.15) do it: until the event is closed. */
export function perfEventSetBpf(event: Fd, program: Fd): void {
  const result = checked(libc().ioctl(event.fd, IOC_SET_BPF, program.fd));
  if (result < 0) throw callError('PERF_EVENT_IOC_SET_BPF', result);
}
