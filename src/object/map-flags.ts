/** BPF_F_* flags that libbpf itself sets on the maps of global data. Source: `uapi/linux/bpf.h`. */
export const MAP_FLAGS = {
  numaNode: 1 << 2,
  readOnlyForPrograms: 1 << 7,
  mmapable: 1 << 10,
} as const;
