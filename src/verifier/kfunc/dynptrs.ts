import type { Session } from '../explore/session.js';
import { checkDynptr, type DynptrUse } from '../obligations/dynptr.js';
import { kfuncArgument } from '../rules/kfunc-argument.js';
import { refuse } from '../rules/rule.js';
import { type DynptrKind, isPacketDynptr } from '../state/dynptr-kinds.js';
import { FLAG_DYNPTR_SLICE, FLAG_PACKET_SLICE, FLAG_RDONLY, TYPE_MEM } from '../state/layout.js';
import { hasSuffix, type KfuncCall } from './call.js';
import { pointTo } from './result.js';
import type { SpecialKfuncs } from './special.js';

/** What the functions that make a dynptr make; a clone is what it is a clone of. */
const MAKES: Readonly<Record<string, DynptrKind>> = {
  bpf_dynptr_from_skb: 'skb',
  bpf_dynptr_from_skb_meta: 'skb_meta',
  bpf_dynptr_from_xdp: 'xdp',
};
const SLICE = 'bpf_dynptr_slice';
const SLICE_TO_WRITE = 'bpf_dynptr_slice_rdwr';

/** Dynptrs over packets, clones of dynptrs, and bytes of them in place. */
export const dynptrs: SpecialKfuncs = {
  names: [...Object.keys(MAKES), SLICE, SLICE_TO_WRITE],
  arguments: { dynptr: checkArgument },
  result: (s, call) => {
    if (call.kfunc.name !== SLICE && call.kfunc.name !== SLICE_TO_WRITE) return false;
    pointToSlice(s, call);
    return true;
  },
};

function checkArgument(s: Session, call: KfuncCall, index: number): void {
  const { kfunc } = call;
  if (!hasSuffix(kfunc.params[index], '__uninit')) {
    call.dynptr = checkDynptr(s, index + 1, {});
    return;
  }
  const kind = MAKES[kfunc.name] ?? call.dynptr?.kind ?? 'local';
  const use: DynptrUse = { uninit: true, of: kind };
  checkDynptr(s, index + 1, use, call.dynptr?.refObjId ?? 0);
}

function pointToSlice(s: Session, { kfunc, constant, dynptr }: KfuncCall): void {
  const writes = kfunc.name === SLICE_TO_WRITE;
  if (writes && s.program.hook.packet !== 'write')
    refuse(kfuncArgument, s.at, { text: 'the prog does not allow writes to packet data' });
  const isPacket = dynptr?.kind !== undefined && isPacketDynptr(dynptr.kind);
  const slice = isPacket ? FLAG_PACKET_SLICE : FLAG_DYNPTR_SLICE;
  pointTo(s, TYPE_MEM | slice | (writes ? 0 : FLAG_RDONLY), 0);
  s.memory.setMemSize(s.reg(0), Number(BigInt.asUintN(32, constant ?? 0n)));
  s.memory.setAux(s.reg(0), dynptr?.id ?? 0);
}
