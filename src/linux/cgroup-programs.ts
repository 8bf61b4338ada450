import { readdirSync } from 'node:fs';
import { ERRNO, KernelError } from '../errors/errno.js';
import { ATTACH_TYPES, type AttachType } from '../hooks/index.js';
import { openCgroup } from './attach/cgroup.js';
import { bpf, bpfError, tryBpf } from './bpf/call.js';
import type { LinuxProgram } from './programs.js';
import { cgroupRoot } from './sys/cgroups.js';

/** A program on a cgroup. */
export interface CgroupProgram {
  readonly programId: number;
  readonly attachType: AttachType;
  /** `multi`, `override`, or '' for one that stands alone. */
  readonly flags: string;
}

const QUERY_EFFECTIVE = 1;
const FLAGS = { override: 1, multi: 2 } as const;
const MOST = 1024;

const CGROUP_TYPES: readonly AttachType[] = ATTACH_TYPES.filter(({ name }) =>
  /^cgroup_|^lsm_cgroup$/.test(name),
);

/**
 * The programs on a cgroup, in the order of attach types and of running.
 *
 * @param effective those that run for its processes, inherited ones among them.
 * @throws {KernelError}
 */
export function cgroupPrograms(path: string, effective = false): CgroupProgram[] {
  using folder = openCgroup(path);
  return CGROUP_TYPES.flatMap((attachType) => {
    const ids = new Uint32Array(MOST);
    const { result, out } = tryBpf('prog_query', {
      target_fd: folder.fd,
      attach_type: attachType.id,
      query_flags: effective ? QUERY_EFFECTIVE : 0,
      prog_ids: new Uint8Array(ids.buffer),
      prog_cnt: MOST,
    });
    if (result === -ERRNO.EINVAL) return [];
    if (result === -ERRNO.EBADF)
      throw new KernelError('EBADF', `${path} is no cgroup of version 2`, { facts: { path } });
    if (result < 0) throw bpfError('prog_query', result);
    const attachFlags = out.u32('attach_flags');
    const flags = attachFlags === FLAGS.multi ? 'multi' : attachFlags === FLAGS.override ? 'override' : '';
    return [...ids.subarray(0, out.u32('prog_cnt'))].map((programId) => ({ programId, attachType, flags }));
  });
}

/** Attaches by BPF_PROG_ATTACH, which stays until it is detached and needs no link. @throws {KernelError} */
export function attachToCgroup(
  program: LinuxProgram,
  path: string,
  attachType: AttachType,
  flags: 'multi' | 'override' | undefined,
): void {
  using folder = openCgroup(path);
  bpf('prog_attach', {
    target_fd: folder.fd,
    attach_bpf_fd: program.fd.fd,
    attach_type: attachType.id,
    attach_flags: flags === undefined ? 0 : FLAGS[flags],
  });
}

/** @throws {KernelError} ENOENT */
export function detachFromCgroup(program: LinuxProgram, path: string, attachType: AttachType): void {
  using folder = openCgroup(path);
  bpf('prog_detach', { target_fd: folder.fd, attach_bpf_fd: program.fd.fd, attach_type: attachType.id });
}

/** A cgroup and those below it. @throws {KernelError} ENOENT when no hierarchy of version 2 is mounted */
export function* cgroupTree(root = cgroupRoot()): Generator<string> {
  if (root === undefined)
    throw new KernelError('ENOENT', 'no cgroup hierarchy of version 2 is mounted', {
      hint: 'mount -t cgroup2 cgroup2 FOLDER',
    });
  yield root;
  let entries: string[] = [];
  try {
    entries = readdirSync(root, { withFileTypes: true }).flatMap((one) =>
      one.isDirectory() ? [one.name] : [],
    );
  } catch {
    // Groups come and go while one looks.
  }
  for (const name of entries) yield* cgroupTree(`${root}/${name}`);
}
