import type { Address } from '../address.js';
import type { Lent } from '../kernel/objects.js';
import { sockaddrOf } from '../kernel/sock-structs.js';
import type { CallContext } from './context.js';

/** ITER_UBUF, ITER_SOURCE: one buffer of user space, to be read. */
const USER_BUFFER = 0;
const SOURCE = 1;
const UNKNOWN = 128;

/** A `struct msghdr` with its data and the address it goes to, for the time of a call. */
export function message({ trace }: CallContext, data: Uint8Array, to?: Address): Lent {
  const { objects } = trace;
  const { writer } = objects;
  const lent = objects.lend(writer?.size('msghdr') ?? UNKNOWN);
  if (writer === undefined) return lent;
  const name = to === undefined ? new Uint8Array(0) : sockaddrOf(to);
  const buffer = objects.scratch(data);
  writer.set('msghdr', lent.address, {
    msg_name: name.length === 0 ? 0 : objects.scratch(name),
    msg_namelen: name.length,
    'msg_iter.iter_type': USER_BUFFER,
    'msg_iter.data_source': SOURCE,
    'msg_iter.ubuf': buffer,
    'msg_iter.count': data.length,
    'msg_iter.nr_segs': 1,
  });
  return lent;
}
