import { KernelError } from '../errors/errno.js';
import { type IdKind, openById } from './bpf/object.js';

/** How values that stand for objects are given: bpf(2) takes a descriptor where everybody else means an id. */
export interface ObjectValues {
  /** Opens what the value names, and hands its descriptor on. */
  put(value: Uint8Array, write: (given: Uint8Array) => void): void;
}

const KIND_OF: Readonly<Record<string, IdKind>> = {
  prog_array: 'prog',
  array_of_maps: 'map',
  hash_of_maps: 'map',
};

/** For maps of maps and of programs; undefined for maps of bytes. */
export function objectValues(type: string): ObjectValues | undefined {
  const kind = KIND_OF[type];
  if (kind === undefined) return undefined;
  return {
    put(value, write) {
      const id = new DataView(value.buffer, value.byteOffset).getUint32(0, true);
      using object = openById(kind, id);
      if (object === undefined)
        throw new KernelError('EBADF', `there is no ${kind} with id ${id}`, { facts: { id } });
      write(new Uint8Array(new Int32Array([object.fd]).buffer));
    },
  };
}
