import type { Rule } from './rule.js';

export const helperMapType: Rule<{ readonly mapType: number; readonly name: string; readonly id: number }> = {
  id: 'helper-map-type',
  errno: 'EINVAL',
  message: ({ mapType, name, id }) => `cannot pass map_type ${mapType} into func ${name}#${id}`,
  explanation: 'This helper does not work on maps of this type.',
  hint: "Use the helper that goes with the map's type.",
  fails: { source: 'r2 = map[hash]\nr3 = 0\ncall bpf_tail_call\nr0 = 0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
