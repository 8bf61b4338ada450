import type { Rule } from './rule.js';

export const kernelStruct: Rule<{ readonly text: string }> = {
  id: 'kernel-struct',
  errno: 'EACCES',
  message: ({ text }) => text,
  explanation:
    "Structs of the kernel are read member by member, as the kernel's BTF lays them out, through a pointer that was not moved, by programs under the GPL; only what a hook names may be written.",
  hint: 'Read whole members of the struct with CO-RE (`bpf_core_read`, or plain C with `preserve_access_index`), and copy user or per-CPU memory with the helpers for it.',
  fails: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sched_switch',
    source: 'r2 = *(u64 *)(r1 + 8)\nr3 = 1\n*(u32 *)(r2 + 0) = r3\nr0 = 0\nexit',
  },
  passes: {
    hook: 'tracing',
    attachType: 'trace_raw_tp',
    target: 'sched_switch',
    source: 'r2 = *(u64 *)(r1 + 8)\nr0 = *(u64 *)(r2 + 0)\nr0 = 0\nexit',
  },
};
