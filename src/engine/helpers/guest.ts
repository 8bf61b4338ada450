import { ERRNO } from '../../errors/errno.js';
import type { EngineMemory } from '../memory.js';
import { MAP_MAX_ENTRIES, MAP_VALUES, PROG_STRIDE, SYSTEM_BASE } from '../runtime/layout.js';

/** Longest string that is looked at. */
const MAX_STRING = 1024;

/** A zero-terminated string at an address that need not be valid; undefined when it is not. */
export function readString(memory: EngineMemory, address: bigint): Uint8Array | undefined {
  const bytes = memory.bytes;
  if (address < BigInt(SYSTEM_BASE) || address >= BigInt(bytes.length)) return undefined;
  const start = Number(address);
  const end = bytes.indexOf(0, start);
  return memory.read(start, Math.min((end < 0 ? bytes.length : end) - start, MAX_STRING));
}

/** So many u64 at an address that is valid. */
export function readWords(memory: EngineMemory, address: number, count: number): bigint[] {
  const { view } = memory;
  return Array.from({ length: count }, (_, i) => view.getBigUint64(address + i * 8, true));
}

/** The id of the cgroup at an index of a cgroup_array, or the negated errno that a helper returns. */
export function cgroupAt(memory: EngineMemory, map = 0n, index = 0n): number | bigint {
  const at = Number(index & 0xffffffffn);
  if (at >= memory.u32(Number(map) + MAP_MAX_ENTRIES)) return BigInt(-ERRNO.E2BIG);
  return memory.u32(memory.u32(Number(map) + MAP_VALUES) + at * PROG_STRIDE) || BigInt(-ERRNO.EAGAIN);
}
