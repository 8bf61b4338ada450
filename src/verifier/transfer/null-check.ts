import type { Session } from '../explore/session.js';
import { fieldOf } from '../obligations/map-field.js';
import { hasLock } from '../obligations/spin-lock.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr, StateAddr } from '../state/domain.js';
import {
  FLAG_MAYBE_NULL,
  TYPE_CONST_MAP,
  TYPE_MAP_VALUE,
  TYPE_SCALAR,
  TYPE_SOCKET,
  TYPE_XDP_SOCK,
} from '../state/layout.js';
import { drop, REF_POINTER } from './references.js';

/** All copies of a pointer that may be null are, after a comparison, the number 0 or a pointer that may be followed. */
export function learnNull(
  s: Session,
  state: StateAddr,
  { id, refObjId }: { readonly id: number; readonly refObjId: number },
  isNull: boolean,
): void {
  const { memory, ops } = s;
  // What turned out to be null was never acquired.
  if (isNull && refObjId !== 0 && refObjId === id) drop(s, state, REF_POINTER, id);
  ops.walkStart(state);
  for (let reg = ops.walkNext(); reg !== 0; reg = ops.walkNext()) {
    if (!memory.hasFlag(reg, FLAG_MAYBE_NULL) || memory.id(reg) !== id) continue;
    if (isNull) {
      memory.setId(reg, 0);
      memory.setType(reg, TYPE_SCALAR);
      memory.setRefObjId(reg, 0);
      continue;
    }
    memory.setType(reg, memory.type(reg) & ~FLAG_MAYBE_NULL);
    if (memory.baseType(reg) === TYPE_MAP_VALUE) becomeHeld(s, reg);
    // Locks are told apart by the ids of the values that they are in.
    if (!hasLock(s, reg)) memory.setId(reg, 0);
  }
}

/** Inner maps with these are told apart: what is in their values is passed together with the map. */
const NEEDS_MAP = ['bpf_timer', 'bpf_wq', 'bpf_task_work'];

/** What a lookup has found is a value, a map, or a socket. */
function becomeHeld(s: Session, reg: RegAddr): void {
  const { memory } = s;
  const index = memory.map(reg);
  switch (s.maps[index]?.type.lookup) {
    case 'owned_socket':
      memory.setType(reg, TYPE_SOCKET);
      return;
    case 'xdp_socket':
      memory.setType(reg, TYPE_XDP_SOCK);
      return;
    case 'inner_map': {
      const inner = s.innerMap(index);
      if (inner === undefined) {
        refuse(unsupported, s.at, { what: 'an inner map of unknown shape' });
        return;
      }
      memory.setType(reg, TYPE_CONST_MAP);
      memory.setMap(reg, inner);
      if (NEEDS_MAP.some((field) => fieldOf(s.maps[inner], field) !== undefined))
        memory.setAux(reg, memory.id(reg));
      return;
    }
    default:
      return;
  }
}
