import type { Rule } from './rule.js';

export const helperArgumentType: Rule<{
  readonly reg: number;
  readonly type: string;
  readonly expected: readonly string[];
}> = {
  id: 'helper-argument-type',
  errno: 'EACCES',
  message: ({ reg, type, expected }) => `R${reg} type=${type} expected=${expected.join(', ')}`,
  explanation: 'The helper needs another kind of value in this argument.',
  hint: "Look at the helper's prototype; check for null first when the type ends in `_or_null`.",
  fails: { source: 'r1 = 0\nr2 = r10\ncall bpf_map_lookup_elem\nexit' },
  passes: {
    source:
      'r2 = r10\nr2 += -4\nr1 = 0\n*(u32 *)(r10 - 4) = r1\nr1 = map[hash]\ncall bpf_map_lookup_elem\nr0 = 0\nexit',
  },
};
