import { ERRNO } from '../../errors/errno.js';
import { PROG_ID, PROG_SLOT, PROG_STRIDE } from '../runtime/layout.js';
import { type AccessContext, type MapAccess, noCopy } from './access.js';
import { slotOf } from './slots.js';

/** Program arrays: values are program ids. */
export function programAccess({ memory, programSlot }: AccessContext): MapAccess {
  const put = (slot: number, tableSlot: number, id: number): void => {
    memory.setU32(slot + PROG_ID, id);
    Atomics.store(new Uint32Array(memory.memory.buffer), (slot + PROG_SLOT) / 4, tableSlot);
  };
  return {
    walk: 'keys',
    lookup(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined || memory.u32(slot + PROG_SLOT) === 0) return undefined;
      return memory.read(slot + PROG_ID, 4);
    },
    update(map, key, value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      const id = memory.u32(value);
      const tableSlot = programSlot(id);
      if (tableSlot === undefined) return -ERRNO.EBADF;
      put(slot, tableSlot, id);
      return 0;
    },
    delete(map, key) {
      const slot = slotOf(memory, map, key, PROG_STRIDE);
      if (slot === undefined) return -ERRNO.E2BIG;
      if (memory.u32(slot + PROG_SLOT) === 0) return -ERRNO.ENOENT;
      put(slot, 0, 0);
      return 0;
    },
    copyIndexed: noCopy,
  };
}
