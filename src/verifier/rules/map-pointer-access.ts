import type { Rule } from './rule.js';

export const mapPointerAccess: Rule<{ readonly text: string }> = {
  id: 'map-pointer-access',
  errno: 'EACCES',
  message: ({ text }) => text,
  explanation: "A map's own struct is the kernel's; programs reach entries through helpers.",
  hint: 'Call bpf_map_lookup_elem for the value.',
  fails: { source: 'r1 = map[hash]\nr0 = 0\n*(u32 *)(r1 + 0) = r0\nexit' },
  passes: { source: 'r0 = 0\nexit' },
};
