/**
 * What programs on functions and security hooks may call. Not measured: the kernel at hand refuses to load them. Source:
 * Linux 6.18, bpf_lsm_func_proto (kernel/bpf/bpf_lsm.c) and tracing_prog_func_proto (kernel/trace/bpf_trace.c).
 */

/** Beside what programs of tp_btf may call, by attach type: the cookie, and arguments by number. */
export const TRAMPOLINE_HELPERS: Readonly<Record<string, string>> = {
  'tracing trace_fentry': '174 183 185',
  'tracing trace_fexit': '174 183-185',
  'tracing modify_return': '174 183-185',
};

/** LSM: beside what tp_btf may call, storages, locks, the cookie of a network namespace, and what is about a program file. */
export const LSM_HELPERS = '93-94 107-108 122 145-146 159 161 174 183-185 193';
