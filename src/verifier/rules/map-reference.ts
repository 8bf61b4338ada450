import type { Rule } from './rule.js';

export const mapReference: Rule<{
  readonly problem: 'unknown' | 'no_direct_value' | 'value_offset';
  readonly map: number;
  readonly valueSize?: number;
  readonly off?: number;
}> = {
  id: 'map-reference',
  errno: 'EINVAL',
  message: ({ problem, map, valueSize, off }) =>
    problem === 'unknown'
      ? `fd ${map} is not pointing to valid bpf_map`
      : problem === 'no_direct_value'
        ? 'no direct value access support for this map type'
        : `invalid access to map value pointer, value_size=${valueSize} off=${off}`,
  explanation: 'The instruction names a map or a place in its value that is not there.',
  hint: 'Only array maps of one entry have values with a direct address; the offset must lie inside the value.',
  fails: { source: 'r1 = map[hash][0]\nr0 = 0\nexit' },
  passes: { source: 'r1 = map[readonly][0]\nr0 = 0\nexit' },
};
