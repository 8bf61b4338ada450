import { alignOf } from './align.js';
import { trySizeOf } from './resolve.js';
import type { Btf, BtfMember, BtfType } from './types.js';

/** A member, or unnamed bits that keep the next one where BTF says it is. */
export type LayoutPart =
  | { readonly kind: 'member'; readonly member: BtfMember }
  | { readonly kind: 'padding'; readonly text: string };

export interface Layout {
  readonly parts: readonly LayoutPart[];
  /** Alignment to ask for, where no member gives it; 1 for none. */
  readonly alignment: number;
}

/** Types for unnamed bits, widest first. */
const FILLERS = [
  { name: 'long', bits: 64 },
  { name: 'int', bits: 32 },
  { name: 'short', bits: 16 },
  { name: 'char', bits: 8 },
] as const;
/** More padding than this is written as an array: unnamed bits would take a line for each 8 bytes. */
const MANY_BITS = 64 * 16;

/** Places a struct's or union's members as a C compiler would, and adds padding where BTF's offsets differ. */
export function layOutMembers(
  btf: Btf,
  type: Extract<BtfType, { kind: 'struct' | 'union' }>,
  packed: boolean,
): Layout {
  if (type.kind === 'union') return layOutUnion(btf, type);
  const parts: LayoutPart[] = [];
  let end = 0;
  let natural = 1;
  for (const member of type.members) {
    const align = packed ? 1 : alignOf(btf, member.type);
    natural = Math.max(natural, align);
    const size = (trySizeOf(btf, member.type) ?? 0) * 8;
    if (placeOf(member, end, size, align, packed) !== member.bitOffset)
      pad(parts, end, member.bitOffset, `${parts.length}`);
    parts.push({ kind: 'member', member });
    end = member.bitOffset + (member.bitfieldSize > 0 ? member.bitfieldSize : size);
  }
  if (roundUp(end, natural * 8) !== type.size * 8) pad(parts, end, type.size * 8, 'end');
  return { parts, alignment: 1 };
}

function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** Where C puts a member that follows `end` bits. */
function placeOf(member: BtfMember, end: number, size: number, align: number, packed: boolean): number {
  if (member.bitfieldSize === 0) return roundUp(end, align * 8);
  if (packed || size === 0) return end;
  return (end % size) + member.bitfieldSize > size ? roundUp(end, size) : end;
}

function pad(parts: LayoutPart[], from: number, to: number, name: string): void {
  let at = from;
  if (to - at > MANY_BITS && at % 8 === 0 && to % 8 === 0) {
    parts.push({ kind: 'padding', text: `char __pad_${name}[${(to - at) / 8}]` });
    return;
  }
  while (at < to) {
    const filler = FILLERS.find(({ bits }) => at % bits === 0 && at + bits <= to);
    const bits = filler?.bits ?? Math.min(to - at, 8 - (at % 8));
    parts.push({ kind: 'padding', text: `${filler?.name ?? 'char'}: ${bits}` });
    at += bits;
  }
}

/** A union whose size its members do not explain was aligned by an attribute. */
function layOutUnion(btf: Btf, type: Extract<BtfType, { kind: 'struct' | 'union' }>): Layout {
  const parts = type.members.map((member) => ({ kind: 'member' as const, member }));
  const sizes = type.members.map((member) => trySizeOf(btf, member.type) ?? 0);
  const aligns = type.members.map((member) => alignOf(btf, member.type));
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  const natural = aligns.reduce((most, align) => Math.max(most, align), 1);
  if (roundUp(largest, natural) === type.size) return { parts, alignment: 1 };
  for (let alignment = natural * 2; alignment <= type.size; alignment *= 2)
    if (roundUp(largest, alignment) === type.size) return { parts, alignment };
  return { parts, alignment: 1 };
}
