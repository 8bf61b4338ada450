import type { Session } from '../explore/session.js';
import { kernelBtf } from '../kernel-types/session-types.js';
import { inReadSection, mayBeAsleep } from '../kernel-types/trust.js';
import { checkArguments } from '../kfunc/arguments.js';
import { calledFunction, functionById, type KfuncCall, newCall } from '../kfunc/call.js';
import { setResult } from '../kfunc/result.js';
import { checkRegions } from '../kfunc/sections.js';
import { specialOf } from '../kfunc/special.js';
import { lockHeld } from '../rules/lock-held.js';
import { release as releaseRule } from '../rules/release.js';
import { refuse } from '../rules/rule.js';
import { sectionBalance } from '../rules/section-balance.js';
import { sleepable } from '../rules/sleepable.js';
import { forgetCallerSaved } from './local-call.js';
import { forgetPacket } from './packet-comparison.js';
import { holdsLock, release } from './references.js';

/** Functions after which packet pointers are invalid. */
const CHANGES_PACKET = new Set(['bpf_xdp_pull_data']);

/** What may be called while a lock is held: what takes no time, and what the lock is there for. */
const UNDER_LOCK = /^bpf_(list_|rbtree_|iter_num_|res_spin_|refcount_acquire|arena_)/;

function mayCallUnderLock(s: Session, id: number): boolean {
  return UNDER_LOCK.test(functionById(kernelBtf(s), id)?.name ?? '');
}

/**
 * A call of a function of the kernel: may it be called here, are its arguments right, what is r0 afterwards.
 *
 * @returns whether it returns: false when the program ends there.
 */
export function transferKfuncCall(s: Session, id: number): boolean {
  if (holdsLock(s) && !mayCallUnderLock(s, id)) refuse(lockHeld, s.at, { call: 'any' });
  const kfunc = calledFunction(s, id);
  const call = newCall(kfunc);
  const special = specialOf(kfunc.name);
  special?.before?.(s, call);
  if (kfunc.flags.has('sleepable') && !mayBeAsleep(s))
    refuse(sleepable, s.at, { problem: 'kfunc', name: kfunc.name });
  checkArguments(s, call);
  special?.effect?.(s, call);
  checkRegions(s, call);
  if (kfunc.flags.has('rcu_protected') && !inReadSection(s))
    refuse(sectionBalance, s.at, { problem: 'needs_rcu', name: kfunc.name }, 'EACCES');
  releaseArgument(s, call);
  forgetCallerSaved(s);
  setResult(s, call);
  if (CHANGES_PACKET.has(kfunc.name)) forgetPacket(s);
  special?.after?.(s, call);
  return special?.ends?.(s, call) !== true;
}

function releaseArgument(s: Session, call: KfuncCall): void {
  if (call.releases === 0) return;
  const { kfunc } = call;
  if (release(s, call.refObjId)) return;
  refuse(releaseRule, s.at, { problem: 'kfunc_not_acquired', name: kfunc.name, id: kfunc.id });
}
