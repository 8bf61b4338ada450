import { mkdirSync, readdirSync, readFileSync, statfsSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { ERRNO, KernelError } from '../errors/errno.js';
import type { KernelObject, Pin } from '../kernel/kernel.js';
import { pinPath } from '../kernel/pin-path.js';
import { infoOf, tryOpenPinned, tryPin } from './bpf/object.js';
import { callError } from './explain/errno.js';
import type { Fd } from './sys/fd.js';
import { fdKind } from './sys/fdinfo.js';
import { checked, libc } from './sys/libc.js';

/** Where bpftool and libbpf mount the BPF file system. */
export const BPFFS = '/sys/fs/bpf';
const BPF_FS_MAGIC = 0xcafe4a11;
const MS_PRIVATE_RECURSIVE = 0x40000 | 0x4000;

/**
 * Puts a name on an object. Missing folders are made, and so is the file system at /sys/fs/bpf unless `mount` is false.
 *
 * @throws {KernelError}
 */
export function pin(object: Fd, path: string, mount = true): void {
  const clean = pinPath(path);
  const folder = dirname(clean);
  if (mount && folder.startsWith(BPFFS) && !isBpffs(BPFFS)) mountBpffs();
  try {
    if (inBpffs(folder)) mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw fileError(cause, clean);
  }
  const result = tryPin(object, clean);
  if (result === 0) return;
  throw callError(`cannot pin at ${clean}`, result, {
    facts: { path: clean },
    ...(inBpffs(folder) ? {} : { hint: `pins live in a BPF file system, which is at ${BPFFS}` }),
    ...(result === -ERRNO.EEXIST ? { hint: 'use another path, or remove what is there' } : {}),
  });
}

/** Takes a name away. @throws {KernelError} ENOENT; EINVAL for a file that is no pin */
export function unpin(path: string): void {
  const clean = pinPath(path);
  if (!inBpffs(dirname(clean)))
    throw new KernelError('EINVAL', `${clean} is not in a BPF file system`, { facts: { path: clean } });
  try {
    unlinkSync(clean);
  } catch (cause) {
    throw fileError(cause, clean);
  }
}

/** What is pinned at a path, with its kind. @throws {KernelError} ENOENT */
export function openPinned(path: string): { readonly fd: Fd; readonly kind: KernelObject['kind'] } {
  const clean = pinPath(path);
  const fd = tryOpenPinned(clean);
  if (typeof fd === 'number') {
    const reason = fd === -ERRNO.ENOENT ? { reason: `nothing is pinned at ${clean}` } : {};
    throw callError(`BPF_OBJ_GET of ${clean}`, fd, { facts: { path: clean }, ...reason });
  }
  const kind = fdKind(fd);
  if (kind === 'map' || kind === 'program' || kind === 'link') return { fd, kind };
  fd.close();
  throw new KernelError('EINVAL', `${clean} is neither map, program nor link`, { facts: { path: clean } });
}

/** Every pin in the BPF file systems that this process sees, in order of their paths. */
export function allPins(): Pin[] {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  const roots = mounts.map((line) => line.split(' ')).filter(([, , type]) => type === 'bpf');
  const paths = new Set(roots.flatMap(([, root = '']) => filesBelow(root)));
  return [...paths].sort().flatMap((path) => pinAt(path) ?? []);
}

const INFO_OF = { map: 'map', program: 'prog', link: 'link' } as const;

function pinAt(path: string): Pin | undefined {
  const fd = tryOpenPinned(path);
  if (typeof fd === 'number') return undefined;
  using object = fd;
  const kind = fdKind(object);
  if (kind !== 'map' && kind !== 'program' && kind !== 'link') return undefined;
  return { path, kind, id: infoOf(INFO_OF[kind], object).u32('id') };
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesBelow(path) : [path];
    });
  } catch {
    return [];
  }
}

function isBpffs(folder: string): boolean {
  try {
    return statfsSync(folder).type === BPF_FS_MAGIC;
  } catch {
    return false;
  }
}

/** Whether a folder, or the first one above it that exists, is in a BPF file system. */
function inBpffs(folder: string): boolean {
  for (let at = folder; at !== '/'; at = dirname(at)) {
    try {
      return statfsSync(at).type === BPF_FS_MAGIC;
    } catch {
      // Not there yet: look above.
    }
  }
  return false;
}

/** As bpftool does when it is missing. @throws {KernelError} */
function mountBpffs(): void {
  const { mount } = libc();
  mount('', BPFFS, 'none', MS_PRIVATE_RECURSIVE, null);
  const result = checked(mount('bpf', BPFFS, 'bpf', 0, 'mode=0700'));
  if (result < 0)
    throw callError(`cannot mount the BPF file system at ${BPFFS}`, result, { needs: ['CAP_SYS_ADMIN'] });
}

function fileError(cause: unknown, path: string): KernelError {
  const errno = (cause as NodeJS.ErrnoException).errno ?? -ERRNO.EINVAL;
  // A file where a folder should be.
  return callError(path, errno === -ERRNO.EEXIST ? -ERRNO.ENOTDIR : errno, { facts: { path }, cause });
}
