import { formatTrace } from '../../helpers/format.js';
import type { Session } from '../explore/session.js';
import { constantString } from '../rules/constant-string.js';
import { refuse } from '../rules/rule.js';
import { checkMapAccess, mapOf } from './memory.js';

/** The register points to a string that never changes: in a frozen map that programs may only read. @returns its bytes, the zero with them */
export function checkConstantString(s: Session, regno: number): Uint8Array {
  const { memory } = s;
  const reg = s.reg(regno);
  const map = mapOf(s, reg);
  const { contents } = map;
  if (contents === undefined) return refuse(constantString, s.at, { problem: 'writable', reg: regno });
  const variable = memory.constNumber(reg);
  if (variable === undefined) return refuse(constantString, s.at, { problem: 'moving', reg: regno });
  const off = memory.off(reg);
  checkMapAccess(s, regno, off, map.valueSize - off, false);
  const start = off + variable;
  const end = contents.indexOf(0, start);
  if (end < 0) return refuse(constantString, s.at, { problem: 'endless', reg: regno }, 'EINVAL');
  return contents.subarray(start, end + 1);
}

/** bpf_snprintf: a format that it can follow, with no more arguments than there are. */
export function checkFormat(s: Session, format: Uint8Array, bytes: number): void {
  const args = Array.from({ length: Math.floor(bytes / 8) }, () => 0n);
  if (formatTrace(format, args, () => new Uint8Array(0)) === undefined)
    refuse(constantString, s.at, { problem: 'format', reg: 3 }, 'EINVAL');
}
