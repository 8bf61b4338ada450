import { openSync } from 'node:fs';
import { KernelError } from '../../errors/errno.js';
import { attachTypeByName } from '../../hooks/index.js';
import { Fd } from '../sys/fd.js';
import { type Attacher, createLink } from './attacher.js';

/** The namespace of the calling thread. */
const OWN = '/proc/thread-self/ns/net';

/** `sk_lookup` since Linux 5.9, `flow_dissector` by a link since 5.7. */
export const netns: Attacher<'netns'> = {
  types: ['sk_lookup', 'flow_dissector'],
  attach(context, target) {
    using namespace = open(target.path ?? OWN);
    return createLink(context, target, {
      target_fd: namespace.fd,
      attach_type: attachTypeByName(target.attachType)?.id,
    });
  },
};

function open(path: string): Fd {
  try {
    return new Fd(openSync(path, 'r'));
  } catch (cause) {
    throw new KernelError('ENOENT', `there is no network namespace at ${path}`, { facts: { path }, cause });
  }
}
