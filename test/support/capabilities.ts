import { readFileSync, writeFileSync } from 'node:fs';
import { progLoad, type RawLoad, type RawProgram } from '../../src/linux/bpf.js';
import { libc } from '../../src/linux/sys/libc.js';
import { addressOf } from '../../src/linux/sys/syscall.js';
import { CAPABILITIES, type Capability } from '../../src/verifier/privileges.js';

/** Numbers of the capabilities (linux/capability.h). */
const BIT: Readonly<Record<Capability, number>> = { net_admin: 12, sys_admin: 21, perfmon: 38, bpf: 39 };
const SYSCALLS: Readonly<Record<string, { readonly get: number; readonly set: number }>> = {
  x64: { get: 125, set: 126 },
  arm64: { get: 90, set: 91 },
};
const VERSION_3 = 0x2008_0522;

/** Effective, permitted and inheritable capabilities of this thread, as capget(2) lays them out. */
function call(name: 'get' | 'set', data: Uint32Array): void {
  const number = SYSCALLS[process.arch]?.[name];
  if (number === undefined) throw new RangeError(`no number of cap${name}(2) on ${process.arch}`);
  const header = new Uint8Array(new Uint32Array([VERSION_3, 0]).buffer);
  const bytes = new Uint8Array(data.buffer);
  const result = libc().syscall(number, addressOf(header), bytes, 0);
  if (Number(result) !== 0) throw new Error(`cap${name}(2) failed: errno ${libc().koffi.errno()}`);
}

/**
 * Does something with no more than these of the capabilities that bpf(2) asks for. They are taken from the effective set
 * of this thread only, and given back in every case: what is permitted stays.
 */
export function withCapabilities<T>(kept: readonly Capability[], work: () => T): T {
  const before = new Uint32Array(6);
  call('get', before);
  const reduced = before.slice();
  for (const name of CAPABILITIES) {
    if (kept.includes(name)) continue;
    const word = BIT[name] >> 5 === 0 ? 0 : 3;
    reduced[word] = (reduced[word] as number) & ~(1 << (BIT[name] & 31));
  }
  call('set', reduced);
  try {
    return work();
  } finally {
    call('set', before);
  }
}

/** BPF_PROG_LOAD by somebody with these capabilities; with all when undefined. */
export function loadWith(capabilities: readonly Capability[] | undefined, program: RawProgram): RawLoad {
  return capabilities === undefined
    ? progLoad(program)
    : withCapabilities(capabilities, () => progLoad(program));
}

const SYSCTL = '/proc/sys/kernel/unprivileged_bpf_disabled';

/**
 * Why nobody without CAP_BPF can load a program here, or undefined. With SKEP_UNPRIVILEGED_BPF=1 in the environment the
 * sysctl that forbids it is set to 0 until this process ends, where it may be changed.
 */
export function unprivilegedRefusal(): string | undefined {
  try {
    const value = readFileSync(SYSCTL, 'utf8').trim();
    if (value === '0') return undefined;
    if (value !== '2' || process.env['SKEP_UNPRIVILEGED_BPF'] !== '1')
      return `kernel.unprivileged_bpf_disabled is ${value} (SKEP_UNPRIVILEGED_BPF=1 sets it to 0 for the test)`;
    process.once('exit', () => writeFileSync(SYSCTL, value));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => process.exit(1));
    writeFileSync(SYSCTL, '0');
    return undefined;
  } catch (error) {
    return `kernel.unprivileged_bpf_disabled cannot be read: ${(error as Error).message}`;
  }
}
