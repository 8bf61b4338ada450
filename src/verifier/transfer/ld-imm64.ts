import type { Operation } from '../../isa/index.js';
import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import { TYPE_CONST_MAP, TYPE_MAP_VALUE } from '../state/layout.js';

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
      ops.markPointer(dst, TYPE_MAP_VALUE);
      memory.setMap(dst, operation.low);
      memory.setOff(dst, operation.high);
      return;
    case 'btf_id':
      refuse(unsupported, s.at, { what: 'kernel symbols' });
      return;
    case 'func':
      refuse(unsupported, s.at, { what: 'callbacks' });
      return;
    default:
      operation.pseudo satisfies never;
  }
}
