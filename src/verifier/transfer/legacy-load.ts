import type { Operation } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { checkUnmodified } from '../obligations/pointer-offset.js';
import { legacyLoad } from '../rules/legacy-load.js';
import { refuse } from '../rules/rule.js';
import { TYPE_CTX } from '../state/layout.js';
import { forgetCallerSaved, returnEarly } from './local-call.js';
import { checkNothingHeld } from './references.js';

/**
 * LD_ABS and LD_IND: a load from the packet of the skb in r6, which is a call in disguise. Behind the packet's end it ends
 * the function that it is in, with the result 0. Answers the next instruction.
 */
export function transferLegacyLoad(s: Session, operation: Operation & { kind: 'ld_abs' | 'ld_ind' }): number {
  if (!s.program.hook.legacyLoads)
    refuse(legacyLoad, s.at, { text: 'BPF_LD_[ABS|IND] instructions not allowed for this program type' });
  const ctx = s.checkReadable(6);
  checkNothingHeld(s, 'BPF_LD_[ABS|IND]');
  if (s.memory.type(ctx) !== TYPE_CTX)
    refuse(legacyLoad, s.at, { text: 'at the time of BPF_LD_ABS|IND R6 != pointer to skb' });
  if (operation.kind === 'ld_ind') s.checkReadable(operation.src);
  checkUnmodified(s, 6, ctx);
  forgetCallerSaved(s);
  const result = s.reg(0);
  s.ops.markUnknown(result);
  s.memory.setSubregDef(result, s.at + 1);
  return s.depth() === 0 ? s.at + 1 : returnEarly(s, () => s.ops.moveImm(64, s.reg(0), 0));
}
