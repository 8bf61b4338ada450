/**
 * Linux's numbers of map types as an object file states them, in bpftool's words. The facts about each type are in
 * `src/maps`; an object may name types that those do not know yet, so the numbers are here.
 * Source: `enum bpf_map_type`, Linux 6.18.
 */
export const MAP_TYPE_NAMES = [
  'unspec',
  'hash',
  'array',
  'prog_array',
  'perf_event_array',
  'percpu_hash',
  'percpu_array',
  'stack_trace',
  'cgroup_array',
  'lru_hash',
  'lru_percpu_hash',
  'lpm_trie',
  'array_of_maps',
  'hash_of_maps',
  'devmap',
  'sockmap',
  'cpumap',
  'xskmap',
  'sockhash',
  'cgroup_storage',
  'reuseport_sockarray',
  'percpu_cgroup_storage',
  'queue',
  'stack',
  'sk_storage',
  'devmap_hash',
  'struct_ops',
  'ringbuf',
  'inode_storage',
  'task_storage',
  'bloom_filter',
  'user_ringbuf',
  'cgrp_storage',
  'arena',
  'insn_array',
] as const;

/** A map type's name, or undefined for a number that no Linux has. */
export function mapTypeName(id: number): string | undefined {
  return MAP_TYPE_NAMES[id];
}
