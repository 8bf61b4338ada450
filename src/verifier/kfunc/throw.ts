import { typesOfKind } from '../../btf/index.js';
import type { Session } from '../explore/session.js';
import { exception } from '../rules/exception.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import { checkResult } from '../transfer/exit.js';
import { checkNothingHeld } from '../transfer/references.js';
import type { SpecialKfuncs } from './special.js';

const CALLBACK_TAG = 'exception_callback:';

/**
 * Ending the program from wherever it is. What is thrown becomes the result of the program; a function of the program's own
 * that makes the result of it (`__exception_cb`) is not known yet.
 */
export const exceptions: SpecialKfuncs = {
  names: ['bpf_throw', '__bpf_trap'],
  before: (s, { kfunc }) => {
    if (kfunc.name === '__bpf_trap') refuse(exception, s.at, { problem: 'trap' }, 'EFAULT');
  },
  effect: (s) => {
    refuseCallback(s);
    checkResult(s, 1);
  },
  ends: (s) => {
    checkNothingHeld(s, 'bpf_throw', true);
    return true;
  },
};

/** The program names a function that makes its result of what is thrown. */
function refuseCallback(s: Session): void {
  const { btf } = s.program;
  const main = s.shape.subprograms[0]?.funcType;
  const tags = btf === undefined ? [] : [...typesOfKind(btf, 'decl_tag')];
  if (!tags.some(([, { type, name }]) => type === main && name.startsWith(CALLBACK_TAG))) return;
  refuse(unsupported, s.at, { what: 'exception callbacks (__exception_cb)' });
}
