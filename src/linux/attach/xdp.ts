import { ERRNO, KernelError } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import type { Link } from '../../kernel/kernel.js';
import { objectIds, openById } from '../bpf/object.js';
import { linkInfo } from '../link-info.js';
import { LinuxLink } from '../links.js';
import { interfaceIndex } from '../sys/devices.js';
import { setXdp } from '../sys/rtnetlink.js';
import { type AttachContext, type Attacher, attachError, type TargetOf, tryLink } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

/** `XDP_FLAGS_*_MODE` */
const MODES = { generic: 1 << 1, driver: 1 << 2, offload: 1 << 3 } as const;
/** `XDP_FLAGS_UPDATE_IF_NOEXIST` */
const ONLY_IF_FREE = 1;

/** By a link since Linux 5.9, else by netlink. `replace` puts the program into the link that is there. */
export const xdp: Attacher<'xdp'> = {
  types: ['xdp'],
  attach(context, target) {
    const ifindex = interfaceIndex(target.iface);
    const flags = target.mode === undefined ? 0 : MODES[target.mode];
    const link = tryLink(context.program, {
      target_fd: ifindex,
      attach_type: attachTypeByName('xdp')?.id,
      flags,
    });
    if (typeof link !== 'number') return link;
    // Kernels without XDP links know the command, but not for this attach type.
    if (link === -ERRNO.EINVAL) return byNetlink(context, target, ifindex, flags);
    if (link !== -ERRNO.EBUSY) throw attachError(context, target, link, hints(link, target));
    const occupant = linkOn(ifindex);
    if (target.replace !== true) throw busy(target, occupant);
    // Without a link it was attached by netlink, by which it is replaced.
    if (occupant === undefined) return byNetlink(context, target, ifindex, flags);
    occupant.replaceProgram(context.program.fd);
    return occupant;
  },
};

function hints(result: number, { mode, iface }: TargetOf<'xdp'>) {
  return result === -ERRNO.EOPNOTSUPP && mode !== 'generic'
    ? { hint: `the driver of ${iface} has no XDP of its own: attach it as xdpgeneric` }
    : {};
}

function byNetlink(context: AttachContext, target: TargetOf<'xdp'>, ifindex: number, flags: number): Link {
  const result = setXdp(ifindex, context.program.fd.fd, flags | (target.replace ? 0 : ONLY_IF_FREE));
  if (result === -ERRNO.EBUSY) throw busy(target, undefined);
  if (result < 0) throw attachError(context, target, result, hints(result, target));
  return new OldAttachment(context.program.id, target, () => {
    setXdp(ifindex, -1, flags);
  });
}

/** The link that holds a device. */
function linkOn(ifindex: number): LinuxLink | undefined {
  for (const id of objectIds('link')) {
    const fd = openById('link', id);
    if (fd === undefined) continue;
    const info = linkInfo(fd);
    if (info.type === 'xdp' && info.ifindex === ifindex) return new LinuxLink(fd);
    fd.close();
  }
  return undefined;
}

function busy(target: TargetOf<'xdp'>, occupant: LinuxLink | undefined): KernelError {
  using fd = occupant?.fd;
  const info = fd === undefined ? undefined : linkInfo(fd);
  const who = info === undefined ? 'a program' : `program ${info.programId} (link ${info.id})`;
  return new KernelError('EBUSY', `xdp dev ${target.iface} already runs ${who}`, {
    facts: {
      iface: target.iface,
      ...(info === undefined ? {} : { linkId: info.id, programId: info.programId }),
    },
    hint: 'detach it first, or attach with `overwrite`',
  });
}
