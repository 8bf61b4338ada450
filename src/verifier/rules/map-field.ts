import type { Rule } from './rule.js';

type Facts = { readonly field: string } & (
  | { readonly problem: 'variable'; readonly reg: number; readonly what?: string }
  | { readonly problem: 'no_types' | 'missing'; readonly owner: string; readonly local?: boolean }
  | { readonly problem: 'place'; readonly off: number; readonly at: number }
);

export const mapField: Rule<Facts> = {
  id: 'map-field',
  errno: 'EINVAL',
  message: (facts) => {
    const { field } = facts;
    switch (facts.problem) {
      case 'variable':
        return `R${facts.reg} doesn't have constant offset. ${field} has to be at the constant offset`;
      case 'no_types':
        return `map '${facts.owner}' has to have BTF in order to use ${field}`;
      case 'missing':
        return `${facts.local === true ? 'local' : 'map'} '${facts.owner}' has no valid ${field}`;
      case 'place':
        return `off ${facts.off} doesn't point to 'struct ${field}' that is at ${facts.at}`;
    }
  },
  explanation:
    'A lock, timer, work queue or task work is passed by its address: exactly the place at which the type of the map says that it is.',
  hint: "Pass the address of the member itself (`&value->lock`), of a map whose value's type has it, at a constant offset.",
  fails: {
    hook: 'sched_cls',
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[objects]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr1 = r0\ncall bpf_spin_lock\nout: r0 = 0\nexit',
  },
  passes: {
    hook: 'sched_cls',
    source:
      '*(u32 *)(r10 - 4) = 0\nr2 = r10\nr2 += -4\nr1 = map[objects]\ncall bpf_map_lookup_elem\nif r0 == 0 goto out\nr6 = r0\nr1 = r6\nr1 += 4\ncall bpf_spin_lock\nr1 = r6\nr1 += 4\ncall bpf_spin_unlock\nout: r0 = 0\nexit',
  },
};
