import type { Rule } from './rule.js';

export const callback: Rule<{ readonly problem: 'no_btf' | 'global' | 'result' | 'map' | 'count' }> = {
  id: 'callback',
  errno: 'EINVAL',
  message: ({ problem }) => {
    switch (problem) {
      case 'no_btf':
        return 'missing btf func_info';
      case 'global':
        return 'callback function not static';
      case 'map':
        return 'callback function not allowed for map';
      case 'result':
        return 'R0 not a scalar value';
      // Linux has no better words for it.
      case 'count':
        return 'verifier bug: backtracking misuse';
    }
  },
  explanation:
    'A function that a helper calls back is a static one of the program, and returns a number. How often bpf_loop calls it is a number too.',
  hint: 'Make the function static, and compile with -g.',
  fails: {
    source:
      '.func cb global u64\nr1 = 4\nr2 = cb ll\nr3 = 0\nr4 = 0\ncall bpf_loop\nr0 = 0\nexit\ncb:\nr0 = 0\nexit',
  },
  passes: {
    source:
      '.func cb static u64\nr1 = 4\nr2 = cb ll\nr3 = 0\nr4 = 0\ncall bpf_loop\nr0 = 0\nexit\ncb:\nr0 = 0\nexit',
  },
};
