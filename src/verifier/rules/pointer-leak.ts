import type { Rule } from './rule.js';

/** What would show an address, or half of one. */
type Facts =
  | {
      readonly problem: 'store';
      readonly reg: number;
      readonly into: 'map' | 'mem' | 'ctx' | 'packet' | 'flow keys';
    }
  | {
      readonly problem: 'helper' | 'return' | 'comparison' | 'copy' | 'sign' | 'arithmetic';
      readonly reg: number;
    }
  | { readonly problem: 'stack'; readonly off: number };

export const pointerLeak: Rule<Facts> = {
  id: 'pointer-leak',
  errno: 'EACCES',
  message: (facts) => {
    switch (facts.problem) {
      case 'store':
        return `R${facts.reg} leaks addr into ${facts.into}`;
      case 'helper':
        return `R${facts.reg} leaks addr into helper function`;
      case 'return':
        return `R${facts.reg} leaks addr as return value`;
      case 'comparison':
        return `R${facts.reg} pointer comparison prohibited`;
      case 'copy':
        return `R${facts.reg} partial copy of pointer`;
      case 'sign':
        return `R${facts.reg} sign-extension part of pointer`;
      case 'arithmetic':
        return `R${facts.reg} pointer arithmetic prohibited`;
      case 'stack':
        return `leaking pointer from stack off ${facts.off}`;
    }
  },
  explanation:
    'Who lacks CAP_PERFMON may not learn where the kernel keeps things: a pointer is followed, and never becomes a number that leaves the program.',
  hint: 'Store, compare and return what the pointer leads to, not the pointer; or load the program with CAP_PERFMON.',
  fails: { capabilities: ['bpf'], source: 'r2 = map[data][0]\n*(u64 *)(r2 + 0) = r1\nr0 = 0\nexit' },
  passes: {
    capabilities: ['bpf'],
    source: 'r2 = map[data][0]\nr1 = *(u32 *)(r1 + 0)\n*(u64 *)(r2 + 0) = r1\nr0 = 0\nexit',
  },
};
