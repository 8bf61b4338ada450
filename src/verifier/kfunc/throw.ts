import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { SpecialKfuncs } from './special.js';

/** Ending the program from wherever it is. */
export const exceptions: SpecialKfuncs = {
  names: ['bpf_throw', '__bpf_trap'],
  before: (s, { kfunc }) => refuse(unsupported, s.at, { what: `kernel function ${kfunc.name}` }),
};
