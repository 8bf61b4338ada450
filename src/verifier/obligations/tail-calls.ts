import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { tailCall } from '../rules/tail-call.js';

/** BPF_FUNC_tail_call */
const TAIL_CALL = 12;

/** The index of a guarded tail call is masked for one map: all paths use the same. */
export function checkTailCalls(s: Session): void {
  if (s.guards?.v1 !== true) return;
  for (const [insn, operation] of s.shape.operations.entries())
    if (operation?.kind === 'call_helper' && operation.id === TAIL_CALL && s.facts.mapVaries(insn))
      refuse(tailCall, insn, { text: 'tail_call abusing map_ptr' }, 'EINVAL');
}
