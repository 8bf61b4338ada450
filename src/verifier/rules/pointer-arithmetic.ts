import type { Rule } from './rule.js';

export const pointerArithmetic: Rule<{
  readonly kind:
    | 'width'
    | 'null'
    | 'type'
    | 'scalar_minus'
    | 'stack_minus'
    | 'bitwise'
    | 'operator'
    | 'two_pointers';
  readonly reg: number;
  readonly type?: string;
  readonly op?: string;
}> = {
  id: 'pointer-arithmetic',
  errno: 'EACCES',
  message: ({ kind, reg, type, op }) => {
    switch (kind) {
      case 'width':
        return `R${reg} 32-bit pointer arithmetic prohibited`;
      case 'null':
        return `R${reg} pointer arithmetic on ${type} prohibited, null-check it first`;
      case 'type':
        return `R${reg} pointer arithmetic on ${type} prohibited`;
      case 'scalar_minus':
        return `R${reg} tried to subtract pointer from scalar`;
      case 'stack_minus':
        return `R${reg} subtraction from stack pointer prohibited`;
      case 'bitwise':
        return `R${reg} bitwise operator ${op} on pointer prohibited`;
      case 'operator':
        return `R${reg} pointer arithmetic with ${op} operator prohibited`;
      case 'two_pointers':
        return `R${reg} pointer ${op} pointer prohibited`;
    }
  },
  explanation: 'Only adding to a pointer and subtracting from it keep it a pointer that can be followed.',
  hint: 'Add or subtract a number in 64 bits; check for null first.',
  fails: { source: 'r1 *= 8\nr0 = 0\nexit' },
  passes: { source: 'r2 = r10\nr2 += -8\nr0 = 0\nexit' },
};
