import type { Operation } from '../../isa/index.js';
import { type Subprogram, subprogramAt } from '../control-flow/shape.js';
import type { Session } from '../explore/session.js';
import { kernelBtf } from '../kernel-types/session-types.js';
import { symbolPointer } from '../kernel-types/symbol.js';
import { setPointer } from '../obligations/btf-pointer.js';
import { callback } from '../rules/callback.js';
import { kernelSymbol } from '../rules/kernel-symbol.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import { BTF_KERNEL, TYPE_CONST_MAP, TYPE_FUNC, TYPE_MAP_VALUE } from '../state/layout.js';

/** A 64-bit immediate: a number, a map, or the address of a map's value. */
export function transferLdImm64(s: Session, operation: Operation & { kind: 'ld_imm64' }): void {
  const { memory, ops } = s;
  const dst = s.checkWritable(operation.dst);
  switch (operation.pseudo) {
    case 'imm':
      ops.markKnown(dst, BigInt.asUintN(64, (BigInt(operation.high) << 32n) | BigInt(operation.low >>> 0)));
      return;
    case 'map_idx':
    case 'map_fd':
      ops.markPointer(dst, TYPE_CONST_MAP);
      memory.setMap(dst, operation.low);
      return;
    case 'map_idx_value':
    case 'map_value':
      if (s.maps[operation.low]?.type.isArena === true) {
        ops.markUnknown(dst);
        return;
      }
      ops.markPointer(dst, TYPE_MAP_VALUE);
      memory.setMap(dst, operation.low);
      memory.setOff(dst, operation.high);
      return;
    case 'btf_id':
      loadSymbol(s, operation.dst, operation.low);
      return;
    case 'func':
      loadFunction(s, dst, s.at + 1 + operation.low);
      return;
    default:
      operation.pseudo satisfies never;
  }
}

/** The address of a variable of the kernel. */
function loadSymbol(s: Session, into: number, id: number): void {
  const symbol = symbolPointer(kernelBtf(s), id);
  if ('problem' in symbol) {
    refuse(kernelSymbol, s.at, { text: symbol.problem });
    return;
  }
  setPointer(s, into, symbol.type, symbol.pointed, BTF_KERNEL);
  s.memory.setMemSize(s.reg(into), symbol.size);
}

/** The address of a function, to be called back. */
function loadFunction(s: Session, dst: RegAddr, start: number): void {
  const { program } = s;
  if (program.btf === undefined) refuse(callback, s.at, { problem: 'no_btf' });
  const { index, global } = subprogramAt(s.shape, start) as Subprogram;
  if (global) refuse(callback, s.at, { problem: 'global' });
  s.ops.markPointer(dst, TYPE_FUNC);
  s.memory.setAux(dst, index);
}
