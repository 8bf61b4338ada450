import { SkepError, type SkepErrorDetails } from './base.js';

/** The errno values that bpf(2) returns, by name; numbers are Linux's on every machine. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  ESRCH: 3,
  EINTR: 4,
  EIO: 5,
  ENXIO: 6,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  EXDEV: 18,
  ENODEV: 19,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENFILE: 23,
  EMFILE: 24,
  ENOTTY: 25,
  ENOSPC: 28,
  EROFS: 30,
  EDOM: 33,
  ERANGE: 34,
  EDEADLK: 35,
  ENAMETOOLONG: 36,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  ELOOP: 40,
  ENODATA: 61,
  EPROTO: 71,
  EOPNOTSUPP: 95,
  EADDRINUSE: 98,
  ETIMEDOUT: 110,
  EALREADY: 114,
  ESTALE: 116,
  ENOTSUPP: 524,
  EOVERFLOW: 75,
  EAFNOSUPPORT: 97,
  ENETUNREACH: 101,
  ECONNREFUSED: 111,
  ECHILD: 10,
  EPIPE: 32,
  ENOTSOCK: 88,
  EDESTADDRREQ: 89,
  EMSGSIZE: 90,
  ENOPROTOOPT: 92,
  EADDRNOTAVAIL: 99,
  ECONNRESET: 104,
  ENOBUFS: 105,
  EISCONN: 106,
  ENOTCONN: 107,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

export type ErrnoName = keyof typeof ERRNO;

/** An error that a kernel, simulated or real, answered with an errno: what bpf(2) would have returned. */
export class KernelError extends SkepError {
  readonly errno: ErrnoName;

  constructor(errno: ErrnoName, message: string, details: SkepErrorDetails = {}) {
    super(errno, message, details);
    this.name = 'KernelError';
    this.errno = errno;
  }
}
