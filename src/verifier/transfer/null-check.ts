import type { Session } from '../explore/session.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr, StateAddr } from '../state/domain.js';
import { FLAG_MAYBE_NULL, TYPE_CONST_MAP, TYPE_MAP_VALUE, TYPE_SCALAR } from '../state/layout.js';
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
    memory.setId(reg, 0);
    if (isNull) {
      memory.setType(reg, TYPE_SCALAR);
      memory.setRefObjId(reg, 0);
      continue;
    }
    memory.setType(reg, memory.type(reg) & ~FLAG_MAYBE_NULL);
    if (memory.baseType(reg) === TYPE_MAP_VALUE) becomeHeld(s, reg);
  }
}

/** What a lookup has found is a value, a map, or a socket. */
function becomeHeld(s: Session, reg: RegAddr): void {
  const { memory } = s;
  const index = memory.map(reg);
  const type = s.maps[index]?.type;
  if (type?.lookup === 'value') return;
  const inner = s.innerMap(index);
  if (type?.lookup !== 'inner_map' || inner === undefined) {
    refuse(unsupported, s.at, { what: 'using what a map of sockets holds' });
    return;
  }
  memory.setType(reg, TYPE_CONST_MAP);
  memory.setMap(reg, inner);
}
