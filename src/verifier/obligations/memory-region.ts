import type { Session } from '../explore/session.js';
import { memoryBounds } from '../rules/memory-bounds.js';
import { packetBounds } from '../rules/packet-bounds.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';

/** Linux's BPF_MAX_VAR_OFF: variable offsets at or above are unbounded. */
export const MAX_VARIABLE_OFFSET = 1 << 29;
const INT_MAX = 0x7fff_ffff;
const INT_MIN = -0x8000_0000;

/** A region's words in Linux's messages. */
export interface RegionWords {
  readonly name: string;
  readonly size: string;
}

/** The whole of `[off, off + size)` at the lowest and the highest place that the register may point to lies in the region. */
export function checkRegion(
  s: Session,
  regno: number,
  reg: RegAddr,
  off: number,
  size: number,
  limit: number,
  zeroSizeAllowed: boolean,
  region: RegionWords,
): void {
  const { memory } = s;
  const smin = memory.sminNumber(reg);
  const low = off + smin;
  if (smin < 0 && (low < INT_MIN || low > INT_MAX || low < 0)) {
    refuse(memoryBounds, s.at, { kind: 'negative', reg: regno });
  }
  const facts = { region, reg: regno, size, limit };
  if (!inside(low, size, limit, zeroSizeAllowed)) {
    refuse(memoryBounds, s.at, { ...facts, kind: 'min', off: low | 0 });
  }
  const umax = memory.umaxNumber(reg);
  if (umax >= MAX_VARIABLE_OFFSET) refuse(memoryBounds, s.at, { kind: 'unbounded', reg: regno });
  if (!inside(off + umax, size, limit, zeroSizeAllowed)) {
    refuse(memoryBounds, s.at, { ...facts, kind: 'max', off: (off + umax) | 0 });
  }
}

function inside(off: number, size: number, limit: number, zeroSizeAllowed: boolean): boolean {
  const sizeOk = size > 0 || (size === 0 && zeroSizeAllowed);
  return off >= 0 && sizeOk && off + size <= limit;
}

/** A packet access lies in the range that a comparison with data_end has proved for pointers of this base. */
export function checkPacket(
  s: Session,
  regno: number,
  reg: RegAddr,
  off: number,
  size: number,
  zeroSizeAllowed: boolean,
): void {
  const { memory } = s;
  if (memory.sminNumber(reg) < 0) refuse(packetBounds, s.at, { kind: 'negative', reg: regno });
  const range = memory.range(reg);
  if (range >= 0 && inside(off, size, range, zeroSizeAllowed)) return;
  refuse(packetBounds, s.at, {
    kind: 'packet',
    ...(range < 0 ? {} : { region: 'packet' as const }),
    reg: regno,
    off,
    size,
    limit: range,
    id: memory.id(reg),
  });
}
