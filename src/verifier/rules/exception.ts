import type { Rule } from './rule.js';

export const exception: Rule<
  | { readonly problem: 'trap' | 'several' | 'start' | 'missing' | 'argument' }
  | { readonly problem: 'unknown' | 'static'; readonly name: string }
  | { readonly problem: 'called'; readonly insn: number }
  | { readonly problem: 'in_callback'; readonly insn: number; readonly subprogram: number }
> = {
  id: 'exception',
  errno: 'EINVAL',
  message: (facts) => {
    switch (facts.problem) {
      case 'trap':
        return 'unexpected __bpf_trap() due to uninitialized variable?';
      case 'several':
        return 'multiple exception callback tags for main subprog';
      case 'start':
        return 'invalid exception callback insn_off in func_info: 0';
      case 'missing':
        return 'exception callback type id not found in func_info';
      case 'argument':
        return 'exception cb only supports single integer argument';
      case 'unknown':
        return `exception callback '${facts.name}' could not be found in BTF`;
      case 'static':
        return `exception callback '${facts.name}' must have global linkage`;
      case 'called':
        return `insn ${facts.insn} cannot call exception cb directly`;
      case 'in_callback':
        return `bpf_throw kfunc (insn ${facts.insn}) cannot be called from callback subprog ${facts.subprogram}`;
    }
  },
  explanation:
    'bpf_throw ends the whole program, so it cannot be called while the kernel is in the middle of calling the program back; a trap is where the compiler says that control never comes. What makes the result of what is thrown (`__exception_cb`) is one global function that takes a number, and that nobody calls.',
  hint: 'Return a value from the callback that stops the loop, and throw after it; set variables on every path.',
  fails: {
    source:
      '.func cb static u64\nr1 = 4\nr2 = cb ll\nr3 = 0\nr4 = 0\ncall bpf_loop\nr0 = 0\nexit\ncb:\nr1 = 0\ncall bpf_throw\nr0 = 0\nexit',
    hook: 'sched_cls',
  },
  passes: { hook: 'sched_cls', source: 'r1 = 0\ncall bpf_throw\nr0 = 0\nexit' },
};
