import { ERRNO, KernelError } from '../errors/errno.js';
import type { BpfMap, Link, LinkInfo, Program } from '../kernel/kernel.js';
import { requireReplaceable } from '../kernel/target.js';
import { bpf, bpfError, tryBpf } from './bpf/call.js';
import { openById } from './bpf/object.js';
import { linkInfo } from './link-info.js';
import { LinuxMap } from './maps.js';
import { allPins, BPFFS, pin, unpin } from './pins.js';
import { LinuxProgram } from './programs.js';
import type { Fd } from './sys/fd.js';

/** Where links that commands make are pinned. */
export const KEPT_LINKS = `${BPFFS}/skep/links`;

/** A link of the running kernel: one descriptor, which all handles of this process share. */
export class LinuxLink implements Link {
  readonly kind = 'link';
  readonly id: number;
  readonly fd: Fd;

  constructor(fd: Fd) {
    this.fd = fd;
    this.id = linkInfo(fd).id;
  }

  async info(): Promise<LinkInfo> {
    if (!this.fd.open)
      throw new KernelError('ENOENT', `link ${this.id} is closed or detached`, { facts: { id: this.id } });
    return linkInfo(this.fd);
  }

  async update(next: Program | BpfMap, expected?: Program | BpfMap): Promise<void> {
    const { target } = linkInfo(this.fd);
    requireReplaceable(target);
    const opened: Fd[] = [];
    const fdOf = (object: Program | BpfMap): Fd => {
      if (object instanceof LinuxProgram || object instanceof LinuxMap) return object.fd;
      const fd = openById(object.kind === 'map' ? 'map' : 'prog', object.id);
      if (fd === undefined)
        throw new KernelError('ENOENT', `there is no ${object.kind} with id ${object.id}`, {
          facts: { id: object.id },
        });
      opened.push(fd);
      return fd;
    };
    try {
      this.replaceProgram(fdOf(next), expected === undefined ? undefined : fdOf(expected));
    } finally {
      for (const fd of opened) fd.close();
    }
  }

  /** What `update` does, at once, with descriptors. @throws {KernelError} */
  replaceProgram(next: Fd, expected?: Fd): void {
    bpf('link_update', {
      link_fd: this.fd.fd,
      new_prog_fd: next.fd,
      ...(expected === undefined ? {} : { flags: BPF_F_REPLACE, old_prog_fd: expected.fd }),
    });
  }

  /**
   * Detaches at once where the kernel can (devices, cgroups, netfilter, …). Other links end with their last user: then
   * skep's own pin and this descriptor are given up.
   *
   * @throws {KernelError} EBUSY when a pin of somebody else, or another process, still holds the link.
   */
  async detach(): Promise<void> {
    const pins = allPins().filter((one) => one.kind === 'link' && one.id === this.id);
    // Skep's own pin first: a process that is killed in between leaves no name of a link that is over.
    for (const { path } of pins) if (path.startsWith(`${KEPT_LINKS}/`)) unpin(path);
    const { result } = tryBpf('link_detach', { link_fd: this.fd.fd });
    const cannot = result === -ERRNO.EOPNOTSUPP || result === -ERRNO.EINVAL;
    if (result < 0 && !cannot) throw bpfError('link_detach', result);
    for (const { path } of pins) if (!cannot && !path.startsWith(`${KEPT_LINKS}/`)) unpin(path);
    this.fd.close();
    if (!cannot) return;
    using left = openById('link', this.id);
    if (left === undefined) return;
    const others = pins.map(({ path }) => path).filter((path) => !path.startsWith(`${KEPT_LINKS}/`));
    throw new KernelError('EBUSY', `link ${this.id} ends only with its last user, and it has others`, {
      facts: { id: this.id, pins: others },
      hint:
        others.length > 0
          ? `remove its pin: rm ${others.join(' ')}`
          : 'another process holds it: end that process',
    });
  }

  async close(): Promise<void> {
    this.fd.close();
  }
}

const BPF_F_REPLACE = 4;

/** Pins a link where `link show` finds it after this process ended. @returns the path. @throws {KernelError} */
export function keepLink(link: LinuxLink, mount: boolean): string {
  const path = `${KEPT_LINKS}/${link.id}`;
  pin(link.fd, path, mount);
  return path;
}
