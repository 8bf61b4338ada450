import { nameOf, resolve } from '../../btf/index.js';
import type { Btf, BtfType, BtfTypeId } from '../../btf/types.js';
import type { Session } from '../explore/session.js';
import { isProjection } from '../kernel-types/context-type.js';
import { isNoCastAlias, structMatches } from '../kernel-types/match.js';
import { btfOf, kernelBtf, kernelStructId, typeWords } from '../kernel-types/session-types.js';
import { SOCKET_STRUCTS } from '../kernel-types/socket-structs.js';
import { hasUnsafeFlags, isRcu, TRUSTED_FLAGS } from '../kernel-types/trust.js';
import { typeText } from '../log/state-text.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import { TYPE_BASE_MASK, TYPE_BTF_ID } from '../state/layout.js';
import type { KfuncCall } from './call.js';
import { pointedTo } from './classify.js';

/** A pointer to a struct of the kernel, or to what the kernel has as one. */
export function structArgument(s: Session, call: KfuncCall, index: number): void {
  const { kfunc } = call;
  const reg = s.reg(index + 1);
  const type = s.memory.type(reg);
  const base = type & TYPE_BASE_MASK;
  const isPlain = base === TYPE_BTF_ID && (!hasUnsafeFlags(type) || isRcu(s, reg));
  if (!isPlain && !SOCKET_STRUCTS.has(base)) {
    const expected = typeText(base | (type & TRUSTED_FLAGS));
    refuse(kfuncArgument, s.at, {
      text: `arg#${index} is ${typeText(type)} expected ${expected} or socket`,
    });
  }
  const isMap = kfunc.params[index]?.name.endsWith('__map') === true;
  const needed = isMap ? kernelStructId(s, 'bpf_map') : (pointedTo(kfunc, index) ?? 0);
  matchStruct(s, call, index, needed);
}

/** What a register points to: a BTF type, or the struct behind a pointer type of its own. */
function pointed(s: Session, reg: RegAddr): { readonly btf: Btf; readonly id: BtfTypeId } {
  const base = s.memory.baseType(reg);
  if (base === TYPE_BTF_ID) {
    const btf = btfOf(s, reg);
    return { btf, id: resolve(btf, s.memory.aux(reg)) };
  }
  return { btf: kernelBtf(s), id: kernelStructId(s, SOCKET_STRUCTS.get(base) ?? '') };
}

function matchStruct(s: Session, { kfunc }: KfuncCall, index: number, needed: BtfTypeId): void {
  const { memory } = s;
  const reg = s.reg(index + 1);
  const { btf, id } = pointed(s, reg);
  const has = btf.types.at(id) as BtfType;
  const wanted = kfunc.btf.types.at(needed) as BtfType;
  const strict = (kfunc.flags.has('release') && memory.refObjId(reg) !== 0) || isNoCastAlias(has, wanted);
  const { matches, note } = structMatches(btf, id, memory.off(reg), { btf: kfunc.btf, id: needed }, strict);
  if (matches || isProjection(nameOf(wanted), nameOf(has))) return;
  refuse(kfuncArgument, s.at, {
    text: `${note}kernel function ${kfunc.name} args#${index} expected pointer to ${typeWords(wanted)} but R${index + 1} has a pointer to ${typeWords(has)}`,
  });
}
