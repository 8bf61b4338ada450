import { ERRNO } from '../../errors/errno.js';
import { Fd } from '../sys/fd.js';
import { cString, View } from '../sys/layout.js';
import { bpf, bpfError, tryBpf } from './call.js';
import { INFO } from './info-layouts.js';

export type IdKind = 'prog' | 'map' | 'btf' | 'link';

/** Ids of all objects of a kind, ascending. @throws {KernelError} */
export function* objectIds(kind: IdKind): Generator<number> {
  for (let id = 0; ; ) {
    const { result, out } = tryBpf(`${kind}_get_next_id`, { start_id: id });
    if (result === -ERRNO.ENOENT) return;
    if (result < 0) throw bpfError(`${kind}_get_next_id`, result);
    id = out.u32('next_id');
    yield id;
  }
}

/** BPF_*_GET_FD_BY_ID: undefined when there is none. @throws {KernelError} */
export function openById(kind: IdKind, id: number): Fd | undefined {
  const { result } = tryBpf(`${kind}_get_fd_by_id`, { id });
  if (result === -ERRNO.ENOENT) return undefined;
  // Maps that are written by programs only can be looked at.
  if (result === -ERRNO.EPERM && kind === 'map') {
    const readOnly = tryBpf('map_get_fd_by_id', { id, open_flags: BPF_F_RDONLY });
    if (readOnly.result >= 0) return new Fd(readOnly.result);
  }
  if (result < 0) throw bpfError(`${kind}_get_fd_by_id`, result);
  return new Fd(result);
}

const BPF_F_RDONLY = 8;

/** BPF_OBJ_GET_INFO_BY_FD: the first `size` bytes of the object's info struct. @throws {KernelError} */
export function objectInfo(object: Fd, size: number): Uint8Array {
  const info = new Uint8Array(new ArrayBuffer(size));
  bpf('obj_get_info_by_fd', { bpf_fd: object.fd, info_len: size, info });
  return info;
}

/** As `objectInfo`, with fields by their names; `given` is what the struct holds before. @throws {KernelError} */
export function infoOf<K extends keyof typeof INFO>(
  kind: K,
  object: Fd,
  given: Uint8Array = new Uint8Array(new ArrayBuffer(INFO[kind].size)),
): View<(typeof INFO)[K]> {
  bpf('obj_get_info_by_fd', { bpf_fd: object.fd, info_len: given.length, info: given });
  return new View(INFO[kind], given);
}

/** BPF_OBJ_PIN. @returns 0 or minus errno. */
export function tryPin(object: Fd, path: string): number {
  return tryBpf('obj_pin', { pathname: cString(path), bpf_fd: object.fd }).result;
}

/** BPF_OBJ_GET: the descriptor of what is pinned there, or minus errno. */
export function tryOpenPinned(path: string): Fd | number {
  const { result } = tryBpf('obj_get', { pathname: cString(path) });
  return result < 0 ? result : new Fd(result);
}
