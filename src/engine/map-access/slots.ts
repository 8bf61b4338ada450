import type { EngineMemory } from '../memory.js';
import { MAP_MAX_ENTRIES, MAP_VALUES } from '../runtime/layout.js';

/** Address of the element that a key, a u32 index, names; undefined beyond the end. */
export function slotOf(memory: EngineMemory, map: number, key: number, stride: number): number | undefined {
  const view = memory.view;
  const index = view.getUint32(key, true);
  if (index >= view.getUint32(map + MAP_MAX_ENTRIES, true)) return undefined;
  return view.getUint32(map + MAP_VALUES, true) + index * stride;
}
