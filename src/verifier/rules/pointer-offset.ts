import type { Rule } from './rule.js';

export const pointerOffset: Rule<{
  readonly kind: 'constant' | 'offset' | 'unbounded' | 'value';
  readonly type: string;
  readonly value: bigint | number;
}> = {
  id: 'pointer-offset',
  errno: 'EINVAL',
  message: ({ kind, type, value }) => {
    switch (kind) {
      case 'constant':
        return `math between ${type} pointer and ${value} is not allowed`;
      case 'offset':
        return `${type} pointer offset ${value} is not allowed`;
      case 'unbounded':
        return `math between ${type} pointer and register with unbounded min value is not allowed`;
      case 'value':
        return `value ${value} makes ${type} pointer be out of bounds`;
    }
  },
  explanation: 'The number is so large, or so unknown, that the pointer could wrap around.',
  hint: 'Bound the number first: mask it, or compare it with a constant on both sides.',
  fails: { source: 'r2 = r10\nr2 += 0x20000000\nr0 = 0\nexit' },
  passes: { source: 'r2 = r10\nr2 += -512\nr0 = 0\nexit' },
};
