import type { RegAddr } from '../../../src/verifier/state/domain.js';
import * as L from '../../../src/verifier/state/layout.js';
import type { StateMemory } from '../../../src/verifier/state/state-memory.js';
import type { Places } from './world.js';

/** Why a concrete value is none of those that an abstract register stands for; undefined when it is one. */
export function whyNot(
  memory: StateMemory,
  reg: RegAddr,
  value: bigint,
  places: Places,
  stackOf: (frame: number) => number,
): string | undefined {
  const type = memory.type(reg);
  const base = type & L.TYPE_BASE_MASK;
  if (base === L.TYPE_NOT_INIT) return undefined;
  if (base === L.TYPE_SCALAR) return scalarWhyNot(memory, reg, value);
  if ((type & L.FLAG_MAYBE_NULL) !== 0 && value === 0n) return undefined;
  const from = (start: number) =>
    scalarWhyNot(memory, reg, BigInt.asUintN(64, value - BigInt(start) - BigInt(memory.off(reg))));
  switch (base) {
    case L.TYPE_CTX:
      return from(places.ctx);
    case L.TYPE_STACK:
      return from(stackOf(memory.frameno(reg)));
    case L.TYPE_PACKET_END:
      return value === BigInt(places.dataEnd) ? undefined : 'is not data_end';
    case L.TYPE_PACKET:
    case L.TYPE_PACKET_META: {
      const range = memory.range(reg);
      const proved = range > 0 && value - BigInt(memory.off(reg)) + BigInt(range) > BigInt(places.dataEnd);
      return proved ? `has no ${range} bytes of packet behind its base` : from(places.data);
    }
    case L.TYPE_CONST_MAP:
      return from(places.maps[memory.map(reg)] as number);
    case L.TYPE_MAP_VALUE: {
      let why: string | undefined = 'is in no value of its map';
      for (const start of places.values[memory.map(reg)] as Set<number>) {
        why = from(start);
        if (why === undefined) break;
      }
      return why;
    }
  }
  return undefined;
}

function scalarWhyNot(memory: StateMemory, reg: RegAddr, value: bigint): string | undefined {
  const signed = BigInt.asIntN(64, value);
  const low = Number(value & 0xffff_ffffn);
  if ((value & ~memory.tnumMask(reg) & 0xffff_ffff_ffff_ffffn) !== memory.tnumValue(reg))
    return `contradicts the bits (${memory.tnumValue(reg)}; ${memory.tnumMask(reg)})`;
  if (value < memory.umin(reg) || value > memory.umax(reg))
    return `is outside of [${memory.umin(reg)}, ${memory.umax(reg)}]`;
  if (signed < memory.smin(reg) || signed > memory.smax(reg))
    return `is outside of signed [${memory.smin(reg)}, ${memory.smax(reg)}]`;
  if (low < memory.umin32(reg) || low > memory.umax32(reg))
    return `has a lower half outside of [${memory.umin32(reg)}, ${memory.umax32(reg)}]`;
  if ((low | 0) < memory.smin32(reg) || (low | 0) > memory.smax32(reg))
    return `has a lower half outside of signed [${memory.smin32(reg)}, ${memory.smax32(reg)}]`;
  return undefined;
}
