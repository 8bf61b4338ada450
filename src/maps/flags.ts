/** BPF_F_* flags of BPF_MAP_CREATE, Linux's numbers. */
export const MAP_FLAG = {
  noPrealloc: 1,
  noCommonLru: 2,
  numaNode: 4,
  readOnly: 8,
  writeOnly: 16,
  stackBuildId: 32,
  zeroSeed: 64,
  readOnlyProg: 128,
  writeOnlyProg: 256,
  clone: 512,
  mmapable: 1024,
  preserveElems: 2048,
  innerMap: 4096,
  link: 8192,
  pathFd: 16384,
} as const;

/** Who may read and write, in user space and in programs. */
export const ACCESS_FLAGS =
  MAP_FLAG.readOnly | MAP_FLAG.writeOnly | MAP_FLAG.readOnlyProg | MAP_FLAG.writeOnlyProg;

/** Flags of BPF_MAP_UPDATE_ELEM. */
export const UPDATE = { any: 0, noExist: 1, exist: 2, lock: 4 } as const;
