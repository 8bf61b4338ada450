import { ERRNO } from '../../errors/errno.js';
import { innerDifference } from '../../maps/inner.js';
import { MAP_ID, PROG_STRIDE } from '../runtime/layout.js';
import { type AccessContext, type MapAccess, noCopy } from './access.js';
import { slotOf } from './slots.js';

/** The address of an inner map that may be put in, or a negated errno. */
function admit({ memory, inner, model }: AccessContext, value: number): { id: number; address: number } {
  const id = memory.u32(value);
  const found = inner.find(id);
  if (found === undefined) return { id, address: -ERRNO.EBADF };
  const { type, spec, address } = found;
  const fits = model !== undefined && innerDifference(model, { ...spec, type }) === undefined;
  return { id, address: fits ? address : -ERRNO.EINVAL };
}

/** What both kinds share: the memory holds the addresses of inner maps, user space sees their ids. */
function reader({ memory }: AccessContext, slotAt: (map: number, key: number) => number | undefined) {
  return (map: number, key: number): number | undefined => {
    const slot = slotAt(map, key);
    const address = slot === undefined ? 0 : memory.u32(slot);
    return address === 0 ? undefined : memory.u32(address + MAP_ID);
  };
}

const idBytes = (id: number | undefined): Uint8Array | undefined =>
  id === undefined ? undefined : new Uint8Array(new Uint32Array([id]).buffer);

/** Arrays of maps. */
export function arrayOfMapsAccess(context: AccessContext): MapAccess {
  const { memory, inner } = context;
  const slotAt = (map: number, key: number) => slotOf(memory, map, key, PROG_STRIDE);
  const current = reader(context, slotAt);
  const put = (slot: number, address: number): void => {
    Atomics.store(new Uint32Array(memory.memory.buffer), slot / 4, address);
  };
  return {
    walk: 'keys',
    lookup: (map, key) => idBytes(current(map, key)),
    update(map, key, value, flags) {
      if (flags !== 0n) return -ERRNO.EINVAL;
      const slot = slotAt(map, key);
      if (slot === undefined) return -ERRNO.E2BIG;
      const { id, address } = admit(context, value);
      if (address < 0) return address;
      const replaced = current(map, key);
      inner.use(id);
      put(slot, address);
      if (replaced !== undefined) inner.release(replaced);
      return 0;
    },
    delete(map, key) {
      const slot = slotAt(map, key);
      if (slot === undefined) return -ERRNO.E2BIG;
      const id = current(map, key);
      if (id === undefined) return -ERRNO.ENOENT;
      put(slot, 0);
      inner.release(id);
      return 0;
    },
    copyIndexed: noCopy,
  };
}

/** Hashes of maps. */
export function hashOfMapsAccess(context: AccessContext): MapAccess {
  const { memory, inner } = context;
  const { runtime } = memory;
  const current = reader(context, (map, key) => runtime.map_peek(map, key) >>> 0 || undefined);
  return {
    walk: 'keys',
    lookup: (map, key) => idBytes(current(map, key)),
    update(map, key, value, flags) {
      const { id, address } = admit(context, value);
      if (address < 0) return address;
      const replaced = current(map, key);
      memory.setU32(value, address);
      const result = runtime.map_store(map, key, value, flags);
      if (result < 0) return result;
      inner.use(id);
      if (replaced !== undefined) inner.release(replaced);
      return result;
    },
    delete(map, key) {
      const id = current(map, key);
      const result = runtime.map_delete(map, key);
      if (result >= 0 && id !== undefined) inner.release(id);
      return result;
    },
    copyIndexed: noCopy,
  };
}
