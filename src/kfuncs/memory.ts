import { kfunc } from './kfunc.js';

/** Memory of user space, arenas and slabs. */
export const memory = [
  kfunc('bpf_copy_from_user_str', '6.12', 'Copies a string of user memory.', 'sleepable'),
  kfunc('bpf_copy_from_user_task_str', '6.15', 'Copies a string of a task’s memory.', 'sleepable'),
  kfunc('bpf_arena_alloc_pages', '6.9', 'Allocates pages of an arena.', 'trusted_args', 'sleepable'),
  kfunc('bpf_arena_free_pages', '6.9', 'Frees pages of an arena.', 'trusted_args', 'sleepable'),
  kfunc('bpf_arena_reserve_pages', '6.17', 'Keeps pages of an arena free.', 'trusted_args', 'sleepable'),
  kfunc('bpf_get_kmem_cache', '6.13', 'The slab cache that an address belongs to.', 'ret_null'),
  kfunc('bpf_map_sum_elem_count', '6.6', 'How many elements a hash map holds.', 'trusted_args'),
];
