import { ERRNO } from '../../errors/errno.js';
import { type MapAccess, noCopy } from './access.js';

/** Ring buffers have no elements; their records come from a `RingBufferReader`. */
export function ringbufAccess(): MapAccess {
  return {
    walk: 'none',
    lookup: (_map, _key, _size, fail) => fail('ENOTSUPP', 'records of a ring buffer cannot be looked up'),
    update: () => -ERRNO.ENOTSUPP,
    delete: () => -ERRNO.ENOTSUPP,
    copyIndexed: noCopy,
  };
}
