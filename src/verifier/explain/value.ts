import type { RegAddr } from '../state/domain.js';
import { REG_PRECISE, REG_SIZE, REG_SUBREG_DEF } from '../state/layout.js';
import { StateMemory } from '../state/state-memory.js';

const WORDS = REG_SIZE / 4;

/** What one register or spilled slot held at one moment: a copy of its record. */
export type Value = Int32Array;

export function copyValue(memory: StateMemory, reg: RegAddr): Value {
  const value = new Int32Array(WORDS);
  for (let word = 0; word < WORDS; word++) value[word] = memory.word(reg + word * 4);
  return value;
}

/** Whether the register says something else than the copy. Marks for pruning and zero extension do not count. */
export function differs(memory: StateMemory, reg: RegAddr, value: Value): boolean {
  for (let word = 0; word < WORDS; word++) {
    const at = word * 4;
    if (at === REG_PRECISE || at === REG_SUBREG_DEF) continue;
    if (memory.word(reg + at) !== value[word]) return true;
  }
  return false;
}

let bench: { readonly memory: StateMemory; readonly reg: RegAddr } | undefined;

/** Looks at a copied value through the domain. The record is valid until the next call. */
export function inspect<T>(value: Value, look: (memory: StateMemory, reg: RegAddr) => T): T {
  if (bench === undefined) {
    const memory = new StateMemory();
    bench = { memory, reg: memory.ops.newReg() };
  }
  const { memory, reg } = bench;
  for (let word = 0; word < WORDS; word++) memory.setWord(reg + word * 4, value[word] as number);
  return look(memory, reg);
}
