import type { Rule } from './rule.js';

type Facts =
  | { readonly problem: 'functions' }
  | { readonly problem: 'struct'; readonly struct: string }
  | { readonly problem: 'type'; readonly type: string; readonly needs: readonly string[] };

export const privileges: Rule<Facts> = {
  id: 'privileges',
  errno: 'EPERM',
  message: (facts) => {
    switch (facts.problem) {
      case 'functions':
        return 'loading/calling other bpf or kernel functions are allowed for CAP_BPF and CAP_SYS_ADMIN';
      case 'struct':
        return `'struct ${facts.struct}' access is allowed only to CAP_PERFMON and CAP_SYS_ADMIN`;
      case 'type':
        return `a program of type ${facts.type} is loaded with ${facts.needs.map((each) => `CAP_${each.toUpperCase()}`).join(' and ')}`;
    }
  },
  explanation:
    'Some things ask for a capability: most program types, functions besides the program itself, structs of the kernel. A program type that may not be loaded Linux refuses without a word.',
  hint: 'Give the loading process the capability (setcap, or AmbientCapabilities in its systemd unit), or do without.',
  fails: { capabilities: ['bpf'], hook: 'xdp', source: 'r0 = 2\nexit' },
  passes: { capabilities: ['bpf', 'net_admin'], hook: 'xdp', source: 'r0 = 2\nexit' },
};
