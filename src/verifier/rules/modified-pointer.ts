import type { Rule } from './rule.js';

export const modifiedPointer: Rule<{
  readonly kind: 'fixed' | 'negative' | 'variable';
  readonly type: string;
  readonly reg: number;
  readonly off?: number;
  readonly varOff?: string;
}> = {
  id: 'modified-pointer',
  errno: 'EACCES',
  message: ({ kind, type, reg, off, varOff }) => {
    switch (kind) {
      case 'fixed':
        return `dereference of modified ${type} ptr R${reg} off=${off} disallowed`;
      case 'negative':
        return `negative offset ${type} ptr R${reg} off=${off} disallowed`;
      case 'variable':
        return `variable ${type} access var_off=${varOff} disallowed`;
    }
  },
  explanation:
    'Such a pointer must be used as it was given; the verifier knows fields by constant offsets only.',
  hint: 'Put the offset into the load or store itself and leave the pointer alone.',
  fails: { source: 'r1 += 8\nr0 = *(u32 *)(r1 + 0)\nexit' },
  passes: { source: 'r0 = *(u32 *)(r1 + 8)\nexit' },
};
