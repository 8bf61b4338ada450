/** BPF_F_* flags that libbpf itself sets on the maps of global data and of struct_ops. Source: `uapi/linux/bpf.h`. */
export const MAP_FLAGS = {
  numaNode: 1 << 2,
  readOnlyForPrograms: 1 << 7,
  mmapable: 1 << 10,
  /** BPF_F_LINK: a link registers it. */
  link: 1 << 13,
} as const;
