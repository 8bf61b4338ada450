import type { SkepError, SkepErrorDetails } from '../../errors/base.js';
import { ERRNO, type ErrnoName, KernelError } from '../../errors/errno.js';
import { permissionHint } from './privileges.js';

const NAMES = new Map<number, ErrnoName>(
  Object.entries(ERRNO).map(([name, number]) => [number, name as ErrnoName]),
);

/** The name of an errno; EINVAL for one that no call here returns. */
export function errnoName(errno: number): ErrnoName {
  return NAMES.get(errno) ?? 'EINVAL';
}

/** Hints that are the same whatever was asked. */
const HINTS: Partial<Record<ErrnoName, string>> = {
  ENOSYS: 'this kernel was built without it, or a seccomp filter hides it; use the engine: --kernel engine',
  ENOMEM: 'the kernel has no memory for it',
  EMFILE: 'this process has too many files open: raise the limit with ulimit -n',
};

/**
 * The typed error of a failed call.
 *
 * @param what the call, such as `BPF_MAP_CREATE`.
 * @param result minus errno.
 * @param needs capabilities that the call asks for.
 */
export function callError(
  what: string,
  result: number,
  details: SkepErrorDetails & { readonly needs?: readonly string[]; readonly reason?: string } = {},
): KernelError {
  const { needs = ['CAP_BPF'], reason, ...given } = details;
  const errno = errnoName(-result);
  const hint = given.hint ?? (errno === 'EPERM' ? permissionHint(needs) : HINTS[errno]);
  return new KernelError(errno, `${what}: ${reason === undefined ? errno : `${errno}, ${reason}`}`, {
    ...given,
    facts: { errno: -result, ...given.facts },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What this kernel lacks, and since when Linux has it. */
export function notOnThisKernel(what: string, since: string, cause?: unknown): SkepError {
  return new KernelError('EOPNOTSUPP', `this kernel has no ${what}`, {
    facts: { needs: since },
    hint: `Linux has it since ${since}; use a newer kernel, or the engine: --kernel engine`,
    cause,
  });
}
