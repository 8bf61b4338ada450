import type { InsnIndex } from '../isa/index.js';
import { checkOnce } from '../verifier/check.js';
import type { Observer } from '../verifier/explore/observer.js';
import type { Session } from '../verifier/explore/session.js';
import { typeText } from '../verifier/log/state-text.js';
import {
  FRAME_REG_COUNT,
  TYPE_BASE_MASK,
  TYPE_CONST_MAP,
  TYPE_MAP_KEY,
  TYPE_MAP_VALUE,
  TYPE_NOT_INIT,
} from '../verifier/state/layout.js';
import type { VerifierProgram } from '../verifier/verify.js';

const OF_MAPS = new Set([TYPE_CONST_MAP, TYPE_MAP_VALUE, TYPE_MAP_KEY]);

/**
 * What registers may hold before each instruction, as the verifier found it on all paths, in the words of its log:
 * `ctx`, `scalar`, `map_value_or_null(counts)`.
 */
export class RegisterTypes implements Observer {
  /** Words by instruction * FRAME_REG_COUNT + register. */
  readonly #words = new Map<number, Set<string>>();
  readonly #seen = new Set<string>();

  /** Verifies the program once more, watching. */
  static of(program: VerifierProgram): RegisterTypes {
    const types = new RegisterTypes();
    checkOnce(program, {}, types);
    return types;
  }

  /** All that a register may be; none when it is not to be read there, or no path was seen to come there. */
  at(insn: InsnIndex, register: number): readonly string[] {
    return [...(this.#words.get(insn * FRAME_REG_COUNT + register) ?? [])];
  }

  step(s: Session): void {
    const { memory } = s;
    for (let index = 0; index < FRAME_REG_COUNT; index++) {
      const reg = memory.reg(s.frame, index);
      const type = memory.type(reg);
      if (type === TYPE_NOT_INIT) continue;
      const place = s.at * FRAME_REG_COUNT + index;
      const map = OF_MAPS.has(type & TYPE_BASE_MASK) ? memory.map(reg) : -1;
      const key = `${place} ${type} ${map}`;
      if (this.#seen.has(key)) continue;
      this.#seen.add(key);
      const name = s.maps[map]?.name;
      const word = name === undefined ? typeText(type) : `${typeText(type)}(${name})`;
      const words = this.#words.get(place) ?? new Set();
      this.#words.set(place, words.add(word));
    }
  }
}
