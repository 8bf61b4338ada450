import type { StateNames } from '../log/state-text.js';
import { regText } from '../log/state-text.js';
import type { RegAddr } from '../state/domain.js';
import {
  FLAG_MAYBE_NULL,
  FLAG_RCU,
  FLAG_TRUSTED,
  FLAG_UNTRUSTED,
  TYPE_BASE_MASK,
  TYPE_BTF_ID,
  TYPE_CONST_MAP,
  TYPE_CTX,
  TYPE_MAP_VALUE,
  TYPE_MEM,
  TYPE_NOT_INIT,
  TYPE_PACKET,
  TYPE_PACKET_END,
  TYPE_PACKET_META,
  TYPE_SCALAR,
  TYPE_STACK,
} from '../state/layout.js';
import type { StateMemory } from '../state/state-memory.js';
import { inspect, type Value } from './value.js';

const S64_MIN = -(1n << 63n);
const S64_MAX = (1n << 63n) - 1n;
const U64_MAX = (1n << 64n) - 1n;

/** A value in Linux's words. */
export function valueLinux(value: Value, names: StateNames): string {
  return inspect(value, (memory, reg) =>
    memory.type(reg) === TYPE_NOT_INIT ? '?' : regText(memory, reg, names),
  );
}

/** A value in words for a person: `a number from 0 to 255`, `a pointer to the packet + 14, nothing there is checked`. */
export function valueWords(value: Value, names: StateNames): string {
  return inspect(value, (memory, reg) => wordsOf(memory, reg, names));
}

function wordsOf(memory: StateMemory, reg: RegAddr, names: StateNames): string {
  const type = memory.type(reg);
  const map = names.maps[memory.map(reg)];
  const orNull = (type & FLAG_MAYBE_NULL) === 0 ? '' : ', or null';
  switch (type & TYPE_BASE_MASK) {
    case TYPE_NOT_INIT:
      return 'nothing: it was never set, or a call has cleared it';
    case TYPE_SCALAR:
      return numberWords(memory, reg);
    case TYPE_CTX:
      return `the context${offsetWords(memory, reg)}`;
    case TYPE_CONST_MAP:
      return `the map ${map?.name ?? ''}`.trimEnd();
    case TYPE_MAP_VALUE:
      return `a pointer to a value of map ${map?.name} (${map?.valueSize} bytes)${offsetWords(memory, reg)}${orNull}`;
    case TYPE_STACK:
      return `a pointer to the stack, fp${offsetWords(memory, reg).replaceAll(' ', '')}`;
    case TYPE_PACKET:
    case TYPE_PACKET_META: {
      const range = memory.range(reg);
      const checked =
        range > 0
          ? `its first ${range} bytes are checked`
          : range === 0
            ? 'nothing is checked against data_end'
            : 'known to lie at data_end or behind it';
      const what = (type & TYPE_BASE_MASK) === TYPE_PACKET ? 'the packet' : "the packet's metadata";
      const base = memory.id(reg) === 0 ? what : `${what} + a variable part (id ${memory.id(reg)})`;
      return `a pointer to ${base}${offsetWords(memory, reg)}; ${checked}`;
    }
    case TYPE_PACKET_END:
      return 'data_end';
    case TYPE_MEM:
      return `a pointer to ${memory.memSize(reg)} bytes of memory${offsetWords(memory, reg)}${orNull}`;
    case TYPE_BTF_ID:
      return `a pointer to struct ${names.btfTypeName?.(memory.aux(reg), memory.btf(reg)) ?? 'of the kernel'}${offsetWords(memory, reg)}${orNull}, ${trustWords(type)}`;
    default:
      return regText(memory, reg, names);
  }
}

/** How far a pointer to a struct of the kernel can be relied on. */
function trustWords(type: number): string {
  if ((type & FLAG_UNTRUSTED) !== 0) return 'which may not be valid';
  if ((type & FLAG_RCU) !== 0) return 'valid while the read section lasts';
  return (type & FLAG_TRUSTED) !== 0 ? 'valid' : 'which can be read but not passed on as valid';
}

function offsetWords(memory: StateMemory, reg: RegAddr): string {
  const fixed = memory.off(reg);
  const constant = memory.isConst(reg) ? (memory.constNumber(reg) ?? 0) : 0;
  const total = fixed + constant;
  const known = total === 0 ? '' : total > 0 ? ` + ${total}` : ` - ${-total}`;
  return memory.isConst(reg) ? known : `${known} + ${numberWords(memory, reg)}`;
}

function numberWords(memory: StateMemory, reg: RegAddr): string {
  if (memory.isConst(reg)) return `the number ${BigInt.asIntN(64, memory.constValue(reg))}`;
  const [umin, umax, smin, smax] = [memory.umin(reg), memory.umax(reg), memory.smin(reg), memory.smax(reg)];
  if (smin >= 0n && smax < S64_MAX) return `a number from ${smin} to ${smax}`;
  if (smin > S64_MIN && smax < S64_MAX) return `a number from ${smin} to ${smax}`;
  if (umin > 0n || umax < U64_MAX) return `a number from ${umin} to ${umax === U64_MAX ? '2^64-1' : umax}`;
  if (smax < S64_MAX) return `a number of at most ${smax}`;
  if (smin > S64_MIN) return `a number of at least ${smin}`;
  return 'any number';
}
