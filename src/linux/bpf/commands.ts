import type { Layout } from '../sys/layout.js';

/** A command of bpf(2): its number in `enum bpf_cmd`, and its part of `union bpf_attr`. */
export interface Command extends Layout {
  readonly number: number;
  /** First Linux that has it. */
  readonly since: string;
}

const element = {
  size: 32,
  fields: {
    map_fd: [0, 'u32'],
    key: [8, 'pointer'],
    /** Also `next_key`. */
    value: [16, 'pointer'],
    flags: [24, 'u64'],
  },
} as const;

const batch = {
  since: '5.6',
  size: 56,
  fields: {
    in_batch: [0, 'pointer'],
    out_batch: [8, 'pointer'],
    keys: [16, 'pointer'],
    values: [24, 'pointer'],
    count: [32, 'u32'],
    map_fd: [36, 'u32'],
    elem_flags: [40, 'u64'],
    flags: [48, 'u64'],
  },
} as const;

const nextId = { since: '4.13', size: 12, fields: { start_id: [0, 'u32'], next_id: [4, 'u32'] } } as const;
const fdById = { since: '4.13', size: 12, fields: { id: [0, 'u32'], open_flags: [8, 'u32'] } } as const;
const pinning = {
  since: '4.4',
  size: 20,
  fields: {
    pathname: [0, 'pointer'],
    bpf_fd: [8, 'u32'],
    file_flags: [12, 'u32'],
    path_fd: [16, 'u32'],
  },
} as const;
const attachment = {
  since: '4.10',
  size: 32,
  fields: {
    target_fd: [0, 'u32'],
    attach_bpf_fd: [4, 'u32'],
    attach_type: [8, 'u32'],
    attach_flags: [12, 'u32'],
    replace_bpf_fd: [16, 'u32'],
    relative_fd: [20, 'u32'],
    expected_revision: [24, 'u64'],
  },
} as const;

/** Commands of bpf(2) as of Linux 6.18, with their arguments: `linux/bpf.h`. */
export const COMMANDS = {
  map_create: {
    number: 0,
    since: '3.18',
    size: 80,
    fields: {
      map_type: [0, 'u32'],
      key_size: [4, 'u32'],
      value_size: [8, 'u32'],
      max_entries: [12, 'u32'],
      map_flags: [16, 'u32'],
      inner_map_fd: [20, 'u32'],
      numa_node: [24, 'u32'],
      map_name: [28, 'name'],
      map_ifindex: [44, 'u32'],
      btf_fd: [48, 'u32'],
      btf_key_type_id: [52, 'u32'],
      btf_value_type_id: [56, 'u32'],
      btf_vmlinux_value_type_id: [60, 'u32'],
      map_extra: [64, 'u64'],
      value_type_btf_obj_fd: [72, 'i32'],
      map_token_fd: [76, 'i32'],
    },
  },
  map_lookup_elem: { number: 1, since: '3.18', ...element },
  map_update_elem: { number: 2, since: '3.18', ...element },
  map_delete_elem: { number: 3, since: '3.18', ...element },
  map_get_next_key: { number: 4, since: '3.18', ...element },
  prog_load: {
    number: 5,
    since: '3.18',
    size: 152,
    fields: {
      prog_type: [0, 'u32'],
      insn_cnt: [4, 'u32'],
      insns: [8, 'pointer'],
      license: [16, 'pointer'],
      log_level: [24, 'u32'],
      log_size: [28, 'u32'],
      log_buf: [32, 'pointer'],
      kern_version: [40, 'u32'],
      prog_flags: [44, 'u32'],
      prog_name: [48, 'name'],
      prog_ifindex: [64, 'u32'],
      expected_attach_type: [68, 'u32'],
      prog_btf_fd: [72, 'u32'],
      func_info_rec_size: [76, 'u32'],
      func_info: [80, 'pointer'],
      func_info_cnt: [88, 'u32'],
      line_info_rec_size: [92, 'u32'],
      line_info: [96, 'pointer'],
      line_info_cnt: [104, 'u32'],
      attach_btf_id: [108, 'u32'],
      /** Also `attach_btf_obj_fd`. */
      attach_prog_fd: [112, 'u32'],
      core_relo_cnt: [116, 'u32'],
      fd_array: [120, 'pointer'],
      core_relos: [128, 'pointer'],
      core_relo_rec_size: [136, 'u32'],
      log_true_size: [140, 'u32'],
      prog_token_fd: [144, 'i32'],
      fd_array_cnt: [148, 'u32'],
    },
  },
  obj_pin: { number: 6, ...pinning },
  obj_get: { number: 7, ...pinning },
  prog_attach: { number: 8, ...attachment },
  prog_detach: { number: 9, ...attachment },
  prog_test_run: {
    number: 10,
    since: '4.12',
    size: 80,
    fields: {
      prog_fd: [0, 'u32'],
      retval: [4, 'u32'],
      data_size_in: [8, 'u32'],
      data_size_out: [12, 'u32'],
      data_in: [16, 'pointer'],
      data_out: [24, 'pointer'],
      repeat: [32, 'u32'],
      duration: [36, 'u32'],
      ctx_size_in: [40, 'u32'],
      ctx_size_out: [44, 'u32'],
      ctx_in: [48, 'pointer'],
      ctx_out: [56, 'pointer'],
      flags: [64, 'u32'],
      cpu: [68, 'u32'],
      batch_size: [72, 'u32'],
    },
  },
  prog_get_next_id: { number: 11, ...nextId },
  map_get_next_id: { number: 12, ...nextId },
  prog_get_fd_by_id: { number: 13, ...fdById },
  map_get_fd_by_id: { number: 14, ...fdById },
  obj_get_info_by_fd: {
    number: 15,
    since: '4.13',
    size: 16,
    fields: { bpf_fd: [0, 'u32'], info_len: [4, 'u32'], info: [8, 'pointer'] },
  },
  prog_query: {
    number: 16,
    since: '4.15',
    size: 64,
    fields: {
      /** Also `target_ifindex`. */
      target_fd: [0, 'u32'],
      attach_type: [4, 'u32'],
      query_flags: [8, 'u32'],
      attach_flags: [12, 'u32'],
      prog_ids: [16, 'pointer'],
      prog_cnt: [24, 'u32'],
      prog_attach_flags: [32, 'pointer'],
      link_ids: [40, 'pointer'],
      link_attach_flags: [48, 'pointer'],
      revision: [56, 'u64'],
    },
  },
  raw_tracepoint_open: {
    number: 17,
    since: '4.17',
    size: 24,
    fields: { name: [0, 'pointer'], prog_fd: [8, 'u32'], cookie: [16, 'u64'] },
  },
  btf_load: {
    number: 18,
    since: '4.18',
    size: 40,
    fields: {
      btf: [0, 'pointer'],
      btf_log_buf: [8, 'pointer'],
      btf_size: [16, 'u32'],
      btf_log_size: [20, 'u32'],
      btf_log_level: [24, 'u32'],
      btf_log_true_size: [28, 'u32'],
      btf_flags: [32, 'u32'],
      btf_token_fd: [36, 'i32'],
    },
  },
  btf_get_fd_by_id: { number: 19, ...fdById },
  task_fd_query: {
    number: 20,
    since: '4.18',
    size: 48,
    fields: {
      pid: [0, 'u32'],
      fd: [4, 'u32'],
      flags: [8, 'u32'],
      buf_len: [12, 'u32'],
      buf: [16, 'pointer'],
      prog_id: [24, 'u32'],
      fd_type: [28, 'u32'],
      probe_offset: [32, 'u64'],
      probe_addr: [40, 'u64'],
    },
  },
  map_lookup_and_delete_elem: { number: 21, since: '4.20', ...element },
  map_freeze: { number: 22, since: '5.2', size: 4, fields: { map_fd: [0, 'u32'] } },
  btf_get_next_id: { number: 23, ...nextId },
  map_lookup_batch: { number: 24, ...batch },
  map_lookup_and_delete_batch: { number: 25, ...batch },
  map_update_batch: { number: 26, ...batch },
  map_delete_batch: { number: 27, ...batch },
  link_create: {
    number: 28,
    since: '5.7',
    size: 64,
    fields: {
      /** Also `map_fd`, of a struct_ops map. */
      prog_fd: [0, 'u32'],
      /** Also `target_ifindex`. */
      target_fd: [4, 'u32'],
      attach_type: [8, 'u32'],
      flags: [12, 'u32'],
      // What follows depends on the attach type.
      target_btf_id: [16, 'u32'],
      tracing_cookie: [24, 'u64'],
      iter_info: [16, 'pointer'],
      iter_info_len: [24, 'u32'],
      perf_cookie: [16, 'u64'],
      multi_flags: [16, 'u32'],
      multi_cnt: [20, 'u32'],
      multi_syms: [24, 'pointer'],
      multi_addrs: [32, 'pointer'],
      multi_cookies: [40, 'pointer'],
      netfilter_pf: [16, 'u32'],
      netfilter_hooknum: [20, 'u32'],
      netfilter_priority: [24, 'i32'],
      netfilter_flags: [28, 'u32'],
      relative_fd: [16, 'u32'],
      expected_revision: [24, 'u64'],
    },
  },
  link_update: {
    number: 29,
    since: '5.7',
    size: 16,
    fields: {
      link_fd: [0, 'u32'],
      /** Also `new_map_fd`. */
      new_prog_fd: [4, 'u32'],
      flags: [8, 'u32'],
      old_prog_fd: [12, 'u32'],
    },
  },
  link_get_fd_by_id: { number: 30, ...fdById, since: '5.8' },
  link_get_next_id: { number: 31, ...nextId, since: '5.8' },
  enable_stats: { number: 32, since: '5.8', size: 4, fields: { type: [0, 'u32'] } },
  iter_create: {
    number: 33,
    since: '5.8',
    size: 8,
    fields: { link_fd: [0, 'u32'], flags: [4, 'u32'] },
  },
  link_detach: { number: 34, since: '5.9', size: 4, fields: { link_fd: [0, 'u32'] } },
  prog_bind_map: {
    number: 35,
    since: '5.10',
    size: 12,
    fields: { prog_fd: [0, 'u32'], map_fd: [4, 'u32'], flags: [8, 'u32'] },
  },
  token_create: {
    number: 36,
    since: '6.9',
    size: 8,
    fields: { flags: [0, 'u32'], bpffs_fd: [4, 'u32'] },
  },
  prog_stream_read_by_fd: {
    number: 37,
    since: '6.17',
    size: 20,
    fields: {
      stream_buf: [0, 'pointer'],
      stream_buf_len: [8, 'u32'],
      stream_id: [12, 'u32'],
      prog_fd: [16, 'u32'],
    },
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof COMMANDS;
