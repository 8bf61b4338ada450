import { profile } from '../../verifier/explain/profile.js';
import type { Json } from '../format/json.js';
import { explanationOf, type Outcome, verdictOf } from './verify.js';

/** One program's outcome in JSON: docs/explanation-schema.md. */
export function outcomeJson(outcome: Outcome, wantsProfile: boolean): Json {
  const { name } = outcome;
  const verdict = verdictOf(outcome);
  if ('error' in outcome) {
    const { code, message, hint } = outcome.error;
    return { name, verdict, ok: false, error: { code, message, hint: hint ?? null } };
  }
  const { program, result, privileges } = outcome;
  const explanation = result.ok ? undefined : explanationOf(outcome, result);
  return {
    name,
    verdict,
    ok: result.ok,
    stats: { ...result.stats },
    ...(explanation === undefined ? {} : { explanation: explanation as unknown as Json }),
    ...(result.log === '' ? {} : { log: result.log }),
    ...(wantsProfile ? { profile: profile(program, { privileges }).rows as unknown as Json } : {}),
  };
}
