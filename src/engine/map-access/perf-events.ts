import { ERRNO } from '../../errors/errno.js';
import { PERF_STRIDE } from '../runtime/layout.js';
import { type AccessContext, type MapAccess, noCopy } from './access.js';
import { slotOf } from './slots.js';

/** Perf event arrays: their rings come from a `PerfReader`. */
export function perfEventAccess({ memory }: AccessContext): MapAccess {
  return {
    walk: 'none',
    lookup: (_map, _key, _size, fail) => fail('ENOTSUPP', 'perf events cannot be looked up'),
    // There are no event descriptors that a value could name.
    update(map, key, _value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      return slotOf(memory, map, key, PERF_STRIDE) === undefined ? -ERRNO.E2BIG : -ERRNO.EBADF;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PERF_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      return -ERRNO.ENOENT;
    },
    copyIndexed: noCopy,
  };
}
