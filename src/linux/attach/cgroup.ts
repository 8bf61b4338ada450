import { constants, openSync } from 'node:fs';
import { ERRNO, KernelError } from '../../errors/errno.js';
import { CGROUP_PROGRAM_TYPES } from '../../hooks/cgroup-types.js';
import { attachTypeByName } from '../../hooks/index.js';
import { tryBpf } from '../bpf/call.js';
import { Fd } from '../sys/fd.js';
import { type AttachContext, type Attacher, attachError, type TargetOf, tryLink } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

/** `BPF_F_ALLOW_MULTI` */
const ALLOW_MULTI = 2;

/** By a link since Linux 5.7, which shares the cgroup with others; else with BPF_F_ALLOW_MULTI. */
export const cgroup: Attacher<'cgroup'> = {
  types: [...CGROUP_PROGRAM_TYPES, 'lsm'],
  attach(context, target) {
    const type = attachTypeByName(target.attachType);
    if (type === undefined)
      throw new KernelError('EINVAL', `Linux has no attach type ${target.attachType}`, {
        facts: { attachType: target.attachType },
      });
    using folder = openCgroup(target.path);
    const link = tryLink(context.program, { target_fd: folder.fd, attach_type: type.id });
    if (typeof link !== 'number') return link;
    // Kernels without cgroup links know the command, but not for this attach type.
    if (link === -ERRNO.EINVAL) return byCommand(context, target, type.id, folder);
    throw attachError(context, target, link, words(link, target));
  },
};

function byCommand(
  context: AttachContext,
  target: TargetOf<'cgroup'>,
  attachType: number,
  folder: Fd,
): OldAttachment {
  const values = { attach_bpf_fd: context.program.fd.fd, attach_type: attachType };
  const { result } = tryBpf('prog_attach', { ...values, target_fd: folder.fd, attach_flags: ALLOW_MULTI });
  if (result < 0) throw attachError(context, target, result, words(result, target));
  return new OldAttachment(context.program.id, target, () => {
    using again = openCgroup(target.path);
    const detached = tryBpf('prog_detach', { ...values, target_fd: again.fd }).result;
    if (detached < 0) throw attachError(context, target, detached);
  });
}

function words(result: number, target: TargetOf<'cgroup'>) {
  if (result === -ERRNO.EBADF)
    return {
      reason: `${target.path} is no cgroup of version 2`,
      hint: 'mount -t cgroup2 shows where they are',
    };
  if (result === -ERRNO.EINVAL)
    return { hint: `was the program loaded for ${target.attachType}? Its section decides` };
  return result === -ERRNO.EPERM
    ? { reason: 'a program above it was attached alone, or the process lacks the rights' }
    : {};
}

/** @throws {KernelError} ENOENT */
export function openCgroup(path: string): Fd {
  try {
    return new Fd(openSync(path, constants.O_RDONLY | constants.O_DIRECTORY));
  } catch (cause) {
    throw new KernelError('ENOENT', `there is no cgroup ${path}`, {
      facts: { path },
      hint: 'give the path of its folder, below the mount point of cgroup2',
      cause,
    });
  }
}
