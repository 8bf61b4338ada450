import type { Btf } from '../btf/index.js';
import { KernelError } from '../errors/errno.js';
import { functionOffsets, structOpsValue } from '../kernel/struct-ops.js';
import { type IdKind, openById } from './bpf/object.js';
import type { Fd } from './sys/fd.js';

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

/**
 * For maps of maps and of programs; undefined for maps of bytes.
 *
 * @param struct the types of a struct of functions.
 */
export function objectValues(
  type: string,
  struct: () => { readonly btf: Btf; readonly valueType: number } | undefined,
): ObjectValues | undefined {
  if (type === 'struct_ops') return { put: (value, write) => putFunctions(value, write, struct()) };
  const kind = KIND_OF[type];
  if (kind === undefined) return undefined;
  return {
    put(value, write) {
      const id = new DataView(value.buffer, value.byteOffset).getUint32(0, true);
      using object = open(kind, id);
      write(new Uint8Array(new Int32Array([object.fd]).buffer));
    },
  };
}

/** The members that are functions, each with the id of its program. */
function putFunctions(
  value: Uint8Array,
  write: (given: Uint8Array) => void,
  types: { readonly btf: Btf; readonly valueType: number } | undefined,
): void {
  const given = value.slice();
  const view = new DataView(given.buffer);
  const struct = types && structOpsValue(types.btf, types.valueType);
  const opened: Fd[] = [];
  try {
    for (const offset of types === undefined || struct === undefined
      ? []
      : functionOffsets(types.btf, struct)) {
      const id = Number(view.getBigUint64(offset, true));
      if (id === 0) continue;
      const program = open('prog', id);
      opened.push(program);
      view.setBigUint64(offset, BigInt(program.fd), true);
    }
    write(given);
  } finally {
    for (const program of opened) program.close();
  }
}

function open(kind: IdKind, id: number): Fd {
  const fd = openById(kind, id);
  if (fd !== undefined) return fd;
  throw new KernelError('EBADF', `there is no ${kind} with id ${id}`, { facts: { id } });
}
