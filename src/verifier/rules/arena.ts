import type { Rule } from './rule.js';

export const arena: Rule<{ readonly problem: 'several' | 'none' | 'spaces' }> = {
  id: 'arena',
  errno: 'EINVAL',
  message: ({ problem }) => {
    switch (problem) {
      case 'several':
        return 'Only one arena per program';
      case 'none':
        return 'addr_space_cast insn can only be used in a program that has an associated arena';
      case 'spaces':
        return 'addr_space_cast insn can only convert between address space 1 and 0';
    }
  },
  explanation:
    'Pointers into an arena are cast between the address space of user space, in which they are kept, and the one in which the program follows them: there must be one arena to which they belong.',
  hint: 'Name one map of type BPF_MAP_TYPE_ARENA in the program, by a call of bpf_arena_alloc_pages or by a variable with `__arena`.',
  fails: { hook: 'syscall', source: 'r1 = 0\nr1 = addr_space_cast(r1, 0, 1)\nr0 = 0\nexit' },
  passes: {
    hook: 'syscall',
    source: 'r2 = map[arena]\nr1 = 0\nr1 = addr_space_cast(r1, 0, 1)\nr0 = *(u64 *)(r1 + 8)\nr0 = 0\nexit',
  },
};
