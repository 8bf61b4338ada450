import type { KernelEnvironment } from '../kernel/kernel.js';

/** Linux 6.18.0 as LINUX_VERSION_CODE. */
const KERNEL_VERSION = (6 << 16) | (18 << 8);

/** What an engine answers objects that ask about their kernel. */
export function engineEnvironment(cpus: number): KernelEnvironment {
  return {
    cpus,
    config: new Map([
      ['CONFIG_BPF', 'y'],
      ['CONFIG_BPF_SYSCALL', 'y'],
      ['CONFIG_BPF_JIT', 'y'],
      ['CONFIG_HZ', '1000'],
    ]),
    facts: { kernelVersion: KERNEL_VERSION, hasSyscallWrapper: true, hasBpfCookie: true },
  };
}
