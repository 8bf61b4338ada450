import type { MapKind } from './map-type.js';

type Row = Pick<MapKind, 'id' | 'name' | 'helpers'> & Partial<MapKind>;

function kind(row: Row): MapKind {
  return { indexed: false, directValue: false, lookup: 'none', ...row };
}

const storage = (id: number, owner: string): MapKind =>
  kind({
    id,
    name: `${owner}_storage`,
    helpers: [`bpf_${owner}_storage_get`, `bpf_${owner}_storage_delete`, 'bpf_kptr_xchg'],
    lookup: 'value',
  });

/** Programs that cannot run while a socket is locked. Linux: may_update_sockmap. */
const UPDATERS = [
  'iter',
  'socket_filter',
  'sched_cls',
  'sched_act',
  'xdp',
  'sk_reuseport',
  'flow_dissector',
  'sk_lookup',
];

/** Of sockets, by index or by key. */
const sockets = (id: number, name: string, word: string): MapKind =>
  kind({
    id,
    name,
    lookup: 'owned_socket',
    callers: {
      bpf_map_update_elem: UPDATERS,
      bpf_map_delete_elem: [...UPDATERS, 'sock_ops'],
    },
    helpers: [
      `bpf_sk_redirect_${word}`,
      `bpf_msg_redirect_${word}`,
      word === 'map' ? 'bpf_sock_map_update' : 'bpf_sock_hash_update',
      'bpf_sk_select_reuseport',
      'bpf_map_lookup_elem',
      'bpf_map_update_elem',
      'bpf_map_delete_elem',
    ],
  });

const cgroupStorage = (id: number, name: string): MapKind =>
  kind({ id, name, lookup: 'value', helpers: ['bpf_get_local_storage'] });

/**
 * The map types that the verifier knows and the engine does not run. Source: Linux 6.18, check_map_func_compatibility.
 */
export const LINUX_ONLY: readonly MapKind[] = [
  kind({ id: 7, name: 'stack_trace', helpers: ['bpf_get_stackid'] }),
  sockets(15, 'sockmap', 'map'),
  sockets(18, 'sockhash', 'hash'),
  cgroupStorage(19, 'cgroup_storage'),
  kind({ id: 20, name: 'reuseport_sockarray', helpers: ['bpf_sk_select_reuseport'] }),
  cgroupStorage(21, 'percpu_cgroup_storage'),
  storage(24, 'sk'),
  storage(28, 'inode'),
  storage(29, 'task'),
  kind({ id: 31, name: 'user_ringbuf', helpers: ['bpf_user_ringbuf_drain'] }),
  storage(32, 'cgrp'),
  kind({ id: 33, name: 'arena', helpers: [], directValue: true, isArena: true }),
];
