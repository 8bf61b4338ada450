import type { Kernel, MapInfo } from '../kernel/kernel.js';
import { isPerCpu, roundUp8 } from './map-entry.js';
import { takeMap, takeProgram } from './select.js';
import { UsageError } from './usage.js';
import { takeBytes, type Words } from './words.js';

/** `key DATA`; nothing for a map without keys. */
export function takeKey(words: Words, info: MapInfo): Uint8Array {
  if (info.keySize === 0) return new Uint8Array(0);
  words.keyword(['key']);
  return takeBytes(words, info.keySize, 'key');
}

/** `value DATA`, or, in maps of programs or maps, `value PROG` or `value MAP`. */
export async function takeValue(words: Words, info: MapInfo, kernel: Kernel): Promise<Uint8Array> {
  words.keyword(['value']);
  const next = words.peek() ?? '';
  if (/^(?:id|pinned|name|tag)$/.test(next)) {
    if (info.type === 'prog_array') return idValue((await takeProgram(words, kernel)).id);
    if (info.type.endsWith('_of_maps')) return idValue((await takeMap(words, kernel)).id);
    throw new UsageError(`values of a ${info.type} map are bytes, not objects`);
  }
  const value = takeBytes(words, info.valueSize, 'value');
  return isPerCpu(info) ? forEachCpu(value, kernel.environment.cpus) : value;
}

function idValue(id: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, id, true);
  return bytes;
}

/** The same value for each CPU that there may be. */
function forEachCpu(value: Uint8Array, cpus: number): Uint8Array {
  const step = roundUp8(value.length);
  const out = new Uint8Array(step * cpus);
  for (let cpu = 0; cpu < cpus; cpu++) out.set(value, cpu * step);
  return out;
}
