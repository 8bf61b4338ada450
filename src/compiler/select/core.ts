import type { ValueId } from '../ir/value.js';
import type { Call } from './call.js';
import type { Selector } from './selector.js';

/** Selects what CO-RE leaves in the code. @returns whether the function was one of those */
export function selectCoreIntrinsic(
  _s: Selector,
  _name: string,
  _id: ValueId | undefined,
  _call: Call,
  _args: readonly ValueId[],
): boolean {
  return false;
}
