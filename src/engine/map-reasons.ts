import type { ErrnoName } from '../errors/errno.js';
import type { MapSpec } from '../object/spec.js';

/** Why an update was refused, for people. */
export function updateReason(errno: ErrnoName, spec: MapSpec): string {
  switch (errno) {
    case 'E2BIG':
    case 'ENOSPC':
      return `it has room for ${spec.maxEntries} entries and no more`;
    case 'EEXIST':
      return 'the key is there already, and BPF_NOEXIST was asked for';
    case 'ENOENT':
      return 'the key is not there, and BPF_EXIST was asked for';
    case 'ENOMEM':
      return 'the engine has no memory left for the entry';
    case 'EBADF':
      return 'the value names no program, map or event';
    case 'EINVAL':
      if (spec.inner !== undefined)
        return 'the map is not like the one it was made for, or the flags are unknown';
      return 'its type does not allow this update';
    default:
      return 'its type does not allow this update';
  }
}

/** Why an entry was not deleted, for people. */
export function deleteReason(errno: ErrnoName): string {
  return errno === 'ENOENT'
    ? 'the key is not there'
    : errno === 'E2BIG'
      ? 'the key is beyond the end'
      : 'entries of its type cannot be deleted';
}
