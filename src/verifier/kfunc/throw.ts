import { exception } from '../rules/exception.js';
import { refuse } from '../rules/rule.js';
import { checkResult } from '../transfer/exit.js';
import { checkNothingHeld } from '../transfer/references.js';
import type { SpecialKfuncs } from './special.js';

/**
 * Ending the program from wherever it is. What is thrown becomes the result of the program, or a function of the program's
 * own makes the result of it (`__exception_cb`).
 */
export const exceptions: SpecialKfuncs = {
  names: ['bpf_throw', '__bpf_trap'],
  before: (s, { kfunc }) => {
    if (kfunc.name === '__bpf_trap') refuse(exception, s.at, { problem: 'trap' }, 'EFAULT');
  },
  effect: (s) => {
    if (!s.shape.subprograms.some(({ isExceptionCallback }) => isExceptionCallback)) checkResult(s, 1);
  },
  ends: (s) => {
    checkNothingHeld(s, 'bpf_throw', true);
    return true;
  },
};
