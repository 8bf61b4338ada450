import { ANYTHING, CONST_MAP, type HelperRow, kernelStruct, row } from './row.js';

const OR_NULL = { returns: { kind: 'map_value_or_null' } } as const;
const INITIAL = { kind: 'map_value', nullable: true } as const;
const TASK = { ...kernelStruct('task_struct'), nullable: true };
const CGROUP = { ...kernelStruct('cgroup'), nullable: true };
const INODE = { ...kernelStruct('inode'), nullable: true };

/** Queues and stacks, and maps whose values belong to a cgroup, a task or a file. */
export const storage: readonly HelperRow[] = [
  row(
    'get_local_storage',
    '4.19',
    'The value that belongs to the cgroup, or the cgroup and attach type, for which the program runs.',
    [CONST_MAP, { kind: 'no_flags' }],
    { returns: { kind: 'map_value' } },
  ),
  row(
    'task_storage_get',
    '5.11',
    'The task’s own value, made when flag 1 is set; null when there is none.',
    [CONST_MAP, TASK, INITIAL, ANYTHING],
    OR_NULL,
  ),
  row('task_storage_delete', '5.11', 'Removes the task’s own value.', [CONST_MAP, TASK]),
  row(
    'inode_storage_get',
    '5.10',
    'The file’s own value, made when flag 1 is set; null when there is none.',
    [CONST_MAP, INODE, INITIAL, ANYTHING],
    OR_NULL,
  ),
  row('inode_storage_delete', '5.10', 'Removes the file’s own value.', [CONST_MAP, INODE]),
  row(
    'cgrp_storage_get',
    '6.2',
    'The cgroup’s own value, made when flag 1 is set; null when there is none.',
    [CONST_MAP, CGROUP, INITIAL, ANYTHING],
    OR_NULL,
  ),
  row('cgrp_storage_delete', '6.2', 'Removes the cgroup’s own value.', [CONST_MAP, CGROUP]),
];
