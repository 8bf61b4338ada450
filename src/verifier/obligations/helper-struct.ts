import { nameOf } from '../../btf/index.js';
import type { BtfType, BtfTypeId } from '../../btf/types.js';
import type { HelperArg } from '../../helpers/helper.js';
import type { Session } from '../explore/session.js';
import { structMatches } from '../kernel-types/match.js';
import { btfOf, kernelBtf, kernelStructId, pointedName } from '../kernel-types/session-types.js';
import { typeText } from '../log/state-text.js';
import { helperStruct } from '../rules/helper-struct.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_ALLOC,
  FLAG_MAYBE_NULL,
  FLAG_PERCPU,
  FLAG_RCU,
  FLAG_TRUSTED,
  TYPE_BTF_ID,
} from '../state/layout.js';

/** The pointers that helpers take, in the words of the verifier's log. */
const TYPES: Readonly<Record<string, number>> = {
  ptr_: TYPE_BTF_ID,
  trusted_ptr_: TYPE_BTF_ID | FLAG_TRUSTED,
  rcu_ptr_: TYPE_BTF_ID | FLAG_RCU,
  percpu_ptr_: TYPE_BTF_ID | FLAG_PERCPU,
  percpu_rcu_ptr_: TYPE_BTF_ID | FLAG_PERCPU | FLAG_RCU,
  percpu_trusted_ptr_: TYPE_BTF_ID | FLAG_PERCPU | FLAG_TRUSTED,
};

/** The types of register that an argument of kind `pointer` takes. */
export function pointerTypes({ types }: HelperArg & { kind: 'pointer' }): number[] {
  return types.map((word) => TYPES[word] ?? TYPE_BTF_ID);
}

/** A pointer to a struct of the kernel, where the helper takes one: it must be the right struct, and not null. */
export function checkStruct(
  s: Session,
  name: string,
  argument: HelperArg,
  regno: number,
  reg: RegAddr,
): void {
  const { memory } = s;
  const type = memory.type(reg);
  if ((type & 0xff) !== TYPE_BTF_ID) return;
  if (argument.kind === 'mem' || argument.kind === 'map_key' || argument.kind === 'map_value') {
    if (argument.kind === 'mem' && argument.readonly === true) return;
    refuse(helperStruct, s.at, { problem: 'written', name, reg: regno, type: typeText(type) });
  }
  if ((type & (FLAG_PERCPU | FLAG_ALLOC)) !== 0) return;
  const isReleased = 'release' in argument && argument.release === true;
  const isNullable = 'nullable' in argument && argument.nullable === true;
  if ((type & FLAG_MAYBE_NULL) !== 0 && (!isNullable || isReleased))
    refuse(helperStruct, s.at, { problem: 'null', reg: regno });
  const needed = neededStruct(s, argument);
  if (needed === 0) return;
  checkStructMatch(s, regno, reg, needed, isReleased && name !== 'bpf_sk_release');
}

/** The pointer leads to this struct of the kernel, or to one that begins with it. */
export function checkStructMatch(
  s: Session,
  regno: number,
  reg: RegAddr,
  needed: BtfTypeId,
  strict: boolean,
): void {
  const { memory } = s;
  const btf = kernelBtf(s);
  const { matches, note } = structMatches(
    btfOf(s, reg),
    memory.aux(reg),
    memory.off(reg),
    { btf, id: needed },
    strict,
  );
  if (matches) return;
  refuse(helperStruct, s.at, {
    problem: 'other',
    note,
    reg: regno,
    has: pointedName(s, reg),
    needs: nameOf(btf.types.at(needed) as BtfType),
  });
}

/** The struct that an argument must lead to, 0 when any will do. */
function neededStruct(s: Session, argument: HelperArg): BtfTypeId {
  if (argument.kind === 'socket') return kernelStructId(s, 'sock_common');
  return argument.kind === 'pointer' && argument.struct !== undefined
    ? kernelStructId(s, argument.struct)
    : 0;
}
