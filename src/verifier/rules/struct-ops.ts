import type { Rule } from './rule.js';

export const structOps: Rule<
  | { readonly problem: 'license' }
  | { readonly problem: 'struct'; readonly id: number }
  | { readonly problem: 'unsupported'; readonly struct: string; readonly member: string }
  | {
      readonly problem: 'no_function';
      readonly struct: string;
      readonly member: string;
      readonly index: number;
    }
> = {
  id: 'struct-ops',
  errno: 'EINVAL',
  message: (facts) => {
    switch (facts.problem) {
      case 'license':
        return 'struct ops programs must have a GPL compatible license';
      case 'struct':
        return `attach_btf_id ${facts.id} is not a supported struct`;
      case 'unsupported':
        return `attach to unsupported member ${facts.member} of struct ${facts.struct}`;
      case 'no_function':
        return `attach to invalid member ${facts.member}(@idx ${facts.index}) of struct ${facts.struct}`;
    }
  },
  explanation:
    'A struct_ops program takes the place of one function in a struct of the kernel: one that the kernel offers, in a program under the GPL.',
  hint: 'Implement the members that the kernel lists for the struct, and declare a GPL-compatible licence.',
  fails: {
    hook: 'struct_ops',
    structOps: { struct: 'tcp_congestion_ops', member: 'get_info' },
    source: 'r0 = 0\nexit',
  },
  passes: {
    hook: 'struct_ops',
    structOps: { struct: 'tcp_congestion_ops', member: 'ssthresh' },
    source: 'r0 = 2\nexit',
  },
};
