import type { CtxField } from '../../hooks/hook.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { ctxAccess } from '../rules/ctx-access.js';
import { modifiedPointer } from '../rules/modified-pointer.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';
import type { RegAddr } from '../state/domain.js';
import { TYPE_PACKET, TYPE_PACKET_END, TYPE_PACKET_META, TYPE_SCALAR } from '../state/layout.js';
import { tnumText } from './text.js';

/** The pointer is as it was given: no offset, constant or variable. */
export function checkUnmodified(s: Session, regno: number, reg: RegAddr): void {
  const { memory } = s;
  const off = memory.off(reg);
  const type = typeText(memory.type(reg));
  if (off < 0) refuse(modifiedPointer, s.at, { kind: 'negative', type, reg: regno, off });
  if (off !== 0) refuse(modifiedPointer, s.at, { kind: 'fixed', type, reg: regno, off });
  if (!memory.isConst(reg) || memory.constLow32(reg) !== 0 || memory.constHigh32(reg) !== 0)
    refuse(modifiedPointer, s.at, { kind: 'variable', type, reg: regno, varOff: tnumText(memory, reg) });
}

const POINTER_TYPES = {
  packet: TYPE_PACKET,
  packet_end: TYPE_PACKET_END,
  packet_meta: TYPE_PACKET_META,
} as const;

/**
 * The hook lets programs access these bytes of the context so.
 *
 * @returns the type of the value that a read yields.
 */
export function checkCtxAccess(s: Session, off: number, size: number, write: boolean): number {
  const { ctx } = s.program.hook;
  const forbidden = () => refuse(ctxAccess, s.at, { off, size });
  if (off < 0 || off + size > ctx.size) return forbidden();
  if (ctx.fields === 'bytes') {
    if (write || off < (ctx.start ?? 0) || off % size !== 0) return forbidden();
    return TYPE_SCALAR;
  }
  const field = ctx.fields.find(
    (candidate) => off >= candidate.offset && off < candidate.offset + candidate.size,
  );
  if (field === undefined || off % size !== 0 || !fieldAllows(field, off, size, write)) return forbidden();
  if (field.attachType !== undefined && field.attachType !== s.program.attachType) return forbidden();
  if (field.pointer === undefined) return TYPE_SCALAR;
  if (field.pointer === 'sock_common_or_null' || field.pointer === 'flow_keys')
    return refuse(unsupported, s.at, { what: `context field ${field.name}` });
  return POINTER_TYPES[field.pointer];
}

function fieldAllows(field: CtxField, off: number, size: number, write: boolean): boolean {
  if (write ? !field.write : !field.read) return false;
  if (off + size > field.offset + field.size)
    return field.pointer === undefined && field.bytes === true && false;
  if (field.bytes === true) return true;
  if (off === field.offset && size === field.size) return true;
  return !write && field.narrow && field.pointer === undefined;
}
