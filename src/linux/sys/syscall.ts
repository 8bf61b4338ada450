import { SkepError } from '../../errors/base.js';
import { checked, libc } from './libc.js';

/** Numbers of the system calls that the C library has no function for, by `process.arch`. */
const NUMBERS: Readonly<Record<string, { readonly bpf: number; readonly perfEventOpen: number }>> = {
  x64: { bpf: 321, perfEventOpen: 298 },
  arm64: { bpf: 280, perfEventOpen: 241 },
  riscv64: { bpf: 280, perfEventOpen: 241 },
  loong64: { bpf: 280, perfEventOpen: 241 },
  s390x: { bpf: 351, perfEventOpen: 331 },
  ppc64: { bpf: 361, perfEventOpen: 319 },
};

/** The number of a system call here. @throws {SkepError} `LINUX_UNAVAILABLE` */
export function syscallNumber(name: 'bpf' | 'perfEventOpen'): number {
  const numbers = NUMBERS[process.arch];
  if (numbers === undefined)
    throw new SkepError('LINUX_UNAVAILABLE', `the number of bpf(2) on ${process.arch} is not known to skep`);
  return numbers[name];
}

/** The address of a buffer's bytes, for a pointer field of an attribute struct. The caller keeps the buffer alive. */
export function addressOf(buffer: Uint8Array): bigint {
  return libc().koffi.address(buffer);
}

/** bpf(2): the result, or minus errno. `attr` is read and may be written. */
export function bpfSyscall(command: number, attr: Uint8Array): number {
  return checked(libc().syscall(syscallNumber('bpf'), command, attr, attr.length));
}

/** close(2). Errors are of no use to a caller and are ignored. */
export function closeFd(fd: number): void {
  libc().close(fd);
}
