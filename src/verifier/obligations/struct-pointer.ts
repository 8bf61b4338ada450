import { loadOf, mayStore } from '../../hooks/access.js';
import { flowKeys } from '../../hooks/flow-dissector.js';
import type { StructAccess } from '../../hooks/hook.js';
import { POINTED_TO } from '../../hooks/measured.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { readOnly } from '../rules/read-only.js';
import { refuse } from '../rules/rule.js';
import { structAccess } from '../rules/struct-access.js';
import type { RegAddr } from '../state/domain.js';
import {
  TYPE_FLOW_KEYS,
  TYPE_SOCK_COMMON,
  TYPE_SOCKET,
  TYPE_TCP_SOCK,
  TYPE_TP_BUFFER,
  TYPE_XDP_SOCK,
} from '../state/layout.js';
import { type Access, checkNoLeak, loadUnknown } from './memory.js';
import { tnumText } from './text.js';

/** `struct bpf_xdp_sock`: the queue's number. Only lookups in an xskmap lead to one. */
const XDP_SOCK: StructAccess = { read: { 4: '0' }, write: {}, pointers: {} };

/** The structs behind pointers that contexts and helpers yield. */
const STRUCTS: ReadonlyMap<number, StructAccess> = new Map<number, StructAccess>([
  [TYPE_SOCKET, POINTED_TO.sock],
  [TYPE_SOCK_COMMON, POINTED_TO.sock_common],
  [TYPE_TCP_SOCK, POINTED_TO.tcp_sock],
  [TYPE_XDP_SOCK, XDP_SOCK],
]);

/** Whether a register of this type points to a struct whose members Linux lists, or to a tracepoint's buffer. */
export function isStructPointer(type: number): boolean {
  return STRUCTS.has(type) || type === TYPE_FLOW_KEYS || type === TYPE_TP_BUFFER;
}

/** A load or store of a member. @param off of the access, with the pointer's own. */
export function accessStruct(s: Session, access: Access, reg: RegAddr, off: number): void {
  const type = s.memory.type(reg);
  const text = typeText(type);
  const { regno, size, stored } = access;
  if (type === TYPE_FLOW_KEYS) checkNoLeak(s, access, 'flow keys');
  if (!isAllowed(type, off, size, stored !== undefined)) {
    if (stored !== undefined && type !== TYPE_FLOW_KEYS && type !== TYPE_TP_BUFFER)
      refuse(readOnly, s.at, { text, reg: regno });
    refuse(structAccess, s.at, { reg: regno, type: text, off, size });
  }
  // Where in a buffer of unknown length an access lies must be known.
  if (type === TYPE_TP_BUFFER && !(s.memory.isConst(reg) && s.memory.isZero(reg)))
    refuse(structAccess, s.at, { reg: regno, type: text, off, size, varOff: tnumText(s.memory, reg) });
  loadUnknown(s, access);
}

function isAllowed(type: number, off: number, size: number, write: boolean): boolean {
  // How long a tracepoint's buffer is, is checked when the program is attached.
  if (type === TYPE_TP_BUFFER) return off >= 0;
  if (type === TYPE_FLOW_KEYS) return off >= 0 && off + size <= flowKeys.size;
  const struct = STRUCTS.get(type);
  if (struct === undefined) return false;
  return write ? mayStore(struct, off, size) : loadOf(struct, off, size) !== undefined;
}
