import type { Rule } from './rule.js';

export const mapAccess: Rule<{
  readonly write: boolean;
  readonly valueSize: number;
  readonly off: number;
  readonly size: number;
  readonly whole?: boolean;
}> = {
  id: 'map-access',
  errno: 'EACCES',
  message: ({ write, valueSize, off, size, whole }) =>
    whole
      ? 'write into map forbidden'
      : `${write ? 'write into' : 'read from'} map forbidden, value_size=${valueSize} off=${off} size=${size}`,
  explanation: 'The map was made read-only or write-only for programs.',
  hint: 'Use a map without BPF_F_RDONLY_PROG or BPF_F_WRONLY_PROG.',
  fails: { source: 'r1 = map[readonly][0]\nr0 = 0\n*(u32 *)(r1 + 0) = r0\nexit' },
  passes: { source: 'r1 = map[readonly][0]\nr0 = *(u32 *)(r1 + 0)\nexit' },
};
