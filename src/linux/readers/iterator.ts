import { readSync } from 'node:fs';
import { bpf } from '../bpf/call.js';
import type { LinuxLink } from '../links.js';
import { Fd } from '../sys/fd.js';

/**
 * What an iterator writes, from its start: each call runs it over all objects again. Linux 5.8.
 *
 * @throws {KernelError}
 */
export function* readIterator(link: LinuxLink): Generator<Uint8Array> {
  const { result } = bpf('iter_create', { link_fd: link.fd.fd });
  using stream = new Fd(result);
  for (;;) {
    const chunk = new Uint8Array(1 << 16);
    const length = readSync(stream.fd, chunk);
    if (length === 0) return;
    yield chunk.subarray(0, length);
  }
}
