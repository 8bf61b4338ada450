/** Offsets in `struct pt_regs` of x86-64: the six arguments of a function, its result, where it is. */
export const PT_REGS = {
  size: 168,
  args: [112, 104, 96, 88, 72, 64],
  result: 80,
  ip: 128,
  /** Of a system call: its number, and its arguments; the fourth is in r10. */
  syscall: 120,
  syscallArgs: [112, 104, 96, 56, 72, 64],
} as const;
