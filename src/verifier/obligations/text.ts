import type { RegAddr } from '../state/domain.js';
import type { StateMemory } from '../state/state-memory.js';

/** Known and unknown bits as Linux writes them: `(0x0; 0xff)`; a constant is its number alone. */
export function tnumText(memory: StateMemory, reg: RegAddr): string {
  if (memory.isConst(reg)) return String(BigInt.asIntN(64, memory.constValue(reg)));
  return `(0x${memory.tnumValue(reg).toString(16)}; 0x${memory.tnumMask(reg).toString(16)})`;
}
