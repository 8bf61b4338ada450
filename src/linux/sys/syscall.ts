import { createRequire } from 'node:module';
import { SkepError } from '../../errors/base.js';

/** What this folder needs of koffi; typed here because koffi's own types are `any`. */
interface Koffi {
  load(path: string | null): { func(prototype: string): (...args: unknown[]) => number | bigint };
  address(buffer: Uint8Array): bigint;
  errno(): number;
}

interface Libc {
  readonly koffi: Koffi;
  readonly syscall: (...args: unknown[]) => number | bigint;
  readonly close: (fd: number) => number | bigint;
}

let loaded: Libc | undefined;

/**
 * libc through koffi, loaded on first use: nothing else in skep needs it.
 * @throws {SkepError} `LINUX_UNAVAILABLE` on another system or without koffi.
 */
function libc(): Libc {
  if (loaded !== undefined) return loaded;
  if (process.platform !== 'linux') {
    throw new SkepError(
      'LINUX_UNAVAILABLE',
      `bpf(2) is a Linux system call, and this is ${process.platform}`,
      {
        hint: 'use the engine: --kernel engine',
      },
    );
  }
  try {
    const koffi = createRequire(import.meta.url)('koffi') as Koffi;
    const library = koffi.load(null);
    loaded = {
      koffi,
      syscall: library.func('long syscall(long number, long command, void *attr, long size)'),
      close: library.func('int close(int fd)'),
    };
    return loaded;
  } catch (cause) {
    throw new SkepError(
      'LINUX_UNAVAILABLE',
      'the optional package koffi, which calls bpf(2), cannot be loaded',
      {
        hint: 'install it with `npm install koffi`, or use the engine: --kernel engine',
        cause,
      },
    );
  }
}

/** The number of bpf(2). */
const BPF_SYSCALL: Readonly<Record<string, number>> = {
  x64: 321,
  arm64: 280,
  riscv64: 280,
  loong64: 280,
  s390x: 351,
  ppc64: 361,
};

/** The address of a buffer's bytes, for a pointer field of an attribute struct. The caller keeps the buffer alive. */
export function addressOf(buffer: Uint8Array): bigint {
  return libc().koffi.address(buffer);
}

/** bpf(2): the result, or minus errno. `attr` is read and may be written. */
export function bpfSyscall(command: number, attr: Uint8Array): number {
  const number = BPF_SYSCALL[process.arch];
  if (number === undefined)
    throw new SkepError('LINUX_UNAVAILABLE', `the number of bpf(2) on ${process.arch} is not known to skep`);
  const { syscall, koffi } = libc();
  const result = Number(syscall(number, command, attr, attr.length));
  return result < 0 ? -koffi.errno() : result;
}

/** close(2). Errors are of no use to a caller and are ignored. */
export function closeFd(fd: number): void {
  libc().close(fd);
}
