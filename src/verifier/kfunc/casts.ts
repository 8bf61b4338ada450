import type { Session } from '../explore/session.js';
import { kernelContextId } from '../kernel-types/context-type.js';
import { isStructType } from '../kernel-types/session-types.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import { FLAG_RDONLY, FLAG_TRUSTED, FLAG_UNTRUSTED, TYPE_BTF_ID, TYPE_MEM } from '../state/layout.js';
import type { KfuncCall } from './call.js';
import { pointTo } from './result.js';
import type { SpecialKfuncs } from './special.js';

/** Functions that see a pointer as one to another type. */
export const casts: SpecialKfuncs = {
  names: ['bpf_cast_to_kern_ctx', 'bpf_rdonly_cast'],
  effect: (s, { kfunc }) => {
    if (kfunc.name === 'bpf_cast_to_kern_ctx' && kernelContextId(s) === 0)
      refuse(kfuncArgument, s.at, { text: '' });
  },
  result: (s, call) => {
    if (call.kfunc.name === 'bpf_cast_to_kern_ctx')
      pointTo(s, TYPE_BTF_ID | FLAG_TRUSTED, kernelContextId(s));
    else castReadOnly(s, call);
    return true;
  },
};

function castReadOnly(s: Session, { kfunc, constant }: KfuncCall): void {
  const id = Number(constant ?? 0n);
  const type = kfunc.btf.types.at(id);
  if (type === undefined)
    refuse(kfuncArgument, s.at, {
      text: `Unknown type ID ${BigInt.asIntN(64, constant ?? 0n)} passed to kfunc bpf_rdonly_cast`,
    });
  if (isStructType(type)) {
    pointTo(s, TYPE_BTF_ID | FLAG_UNTRUSTED, id);
    return;
  }
  if (type.kind !== 'void')
    refuse(kfuncArgument, s.at, {
      text: 'kfunc bpf_rdonly_cast type ID argument must be of a struct or void',
    });
  pointTo(s, TYPE_MEM | FLAG_RDONLY | FLAG_UNTRUSTED, 0);
  s.memory.setMemSize(s.reg(0), 0);
}
