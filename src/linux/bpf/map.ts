import { ERRNO } from '../../errors/errno.js';
import { Fd } from '../sys/fd.js';
import { bpf, bpfError, tryBpf } from './call.js';

export interface RawMapShape {
  /** `BPF_MAP_TYPE_*` */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  readonly name?: string;
  readonly inner?: Fd;
  readonly mapExtra?: bigint;
  readonly numaNode?: number;
  /** The types of its keys and values: `btf` holds them. */
  readonly types?: { readonly btf: Fd; readonly key: number; readonly value: number };
  /** The type of a struct_ops map's value, in the kernel's BTF. */
  readonly kernelValueType?: number;
}

/** BPF_MAP_CREATE. @throws {KernelError} */
export function mapCreate(shape: RawMapShape): Fd {
  const { result } = bpf('map_create', {
    map_type: shape.type,
    key_size: shape.keySize,
    value_size: shape.valueSize,
    max_entries: shape.maxEntries,
    map_flags: shape.flags ?? 0,
    inner_map_fd: shape.inner?.fd,
    numa_node: shape.numaNode,
    map_name: shape.name ?? '',
    btf_fd: shape.types?.btf.fd,
    btf_key_type_id: shape.types?.key,
    btf_value_type_id: shape.types?.value,
    btf_vmlinux_value_type_id: shape.kernelValueType,
    map_extra: shape.mapExtra ?? 0n,
  });
  return new Fd(result);
}

/** BPF_MAP_LOOKUP_ELEM: `size` bytes, or undefined when the key is absent. @throws {KernelError} */
export function mapLookup(map: Fd, key: Uint8Array, size: number, flags = 0): Uint8Array | undefined {
  const value = new Uint8Array(new ArrayBuffer(size));
  const { result } = tryBpf('map_lookup_elem', { map_fd: map.fd, key, value, flags });
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('map_lookup_elem', result);
  return value;
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM: as `mapLookup`. @throws {KernelError} */
export function mapLookupAndDelete(map: Fd, key: Uint8Array, size: number): Uint8Array | undefined {
  const value = new Uint8Array(new ArrayBuffer(size));
  const { result } = tryBpf('map_lookup_and_delete_elem', { map_fd: map.fd, key, value });
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('map_lookup_and_delete_elem', result);
  return value;
}

/** Asks a bloom filter for a value. @throws {KernelError} */
export function mapAsk(map: Fd, value: Uint8Array): boolean {
  const { result } = tryBpf('map_lookup_elem', { map_fd: map.fd, value });
  if (result < 0 && result !== -ERRNO.ENOENT) throw bpfError('map_lookup_elem', result);
  return result >= 0;
}

/** BPF_MAP_UPDATE_ELEM. @throws {KernelError} */
export function mapUpdate(map: Fd, key: Uint8Array, value: Uint8Array, flags = 0): void {
  bpf('map_update_elem', { map_fd: map.fd, key, value, flags });
}

/** BPF_MAP_DELETE_ELEM. @throws {KernelError} */
export function mapDelete(map: Fd, key: Uint8Array): void {
  bpf('map_delete_elem', { map_fd: map.fd, key });
}

/** BPF_MAP_GET_NEXT_KEY: undefined after the last. @throws {KernelError} */
export function mapNextKey(map: Fd, key: Uint8Array | undefined, keySize: number): Uint8Array | undefined {
  const next = new Uint8Array(new ArrayBuffer(keySize));
  const { result } = tryBpf('map_get_next_key', { map_fd: map.fd, key, value: next });
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('map_get_next_key', result);
  return next;
}

/** BPF_MAP_FREEZE. @throws {KernelError} */
export function mapFreeze(map: Fd): void {
  bpf('map_freeze', { map_fd: map.fd });
}

/** Where a walk in batches stands: opaque, as wide as the widest cursor of a map. */
export interface BatchCursor {
  position: Uint8Array | undefined;
}

export interface Batch {
  readonly count: number;
  readonly keys: Uint8Array;
  readonly values: Uint8Array;
  /** No entries follow. */
  readonly last: boolean;
}

/**
 * BPF_MAP_LOOKUP_BATCH: up to `most` entries from the cursor on, which moves behind them.
 * @returns undefined when a bucket holds more than `most` entries: ask for more.
 * @throws {KernelError} EINVAL, EOPNOTSUPP where the map or the kernel has no batches.
 */
export function mapLookupBatch(
  map: Fd,
  cursor: BatchCursor,
  sizes: { readonly key: number; readonly value: number },
  most: number,
): Batch | undefined {
  const next = new Uint8Array(new ArrayBuffer(Math.max(8, sizes.key)));
  const keys = new Uint8Array(new ArrayBuffer(sizes.key * most));
  const values = new Uint8Array(new ArrayBuffer(sizes.value * most));
  const { result, out } = tryBpf('map_lookup_batch', {
    map_fd: map.fd,
    in_batch: cursor.position,
    out_batch: next,
    keys,
    values,
    count: most,
  });
  if (result === -ERRNO.ENOSPC) return undefined;
  const last = result === -ERRNO.ENOENT;
  if (result < 0 && !last) throw bpfError('map_lookup_batch', result);
  cursor.position = next;
  return { count: out.u32('count'), keys, values, last };
}
