import type { Executable } from '../engine/abi.js';
import type { InsnIndex } from '../isa/index.js';
import type { Place } from './places.js';

/** Instructions to stop before. */
export interface Breakpoint {
  readonly place: Place;
  readonly program: string;
  readonly stops: readonly { readonly executable: Executable; readonly insn: InsnIndex }[];
}

/** An entry of a map that is watched. */
export interface Watch {
  readonly map: string;
  readonly key: Uint8Array;
  /** The value now; undefined when the key is not there. */
  readonly read: () => Uint8Array | undefined;
}

/** A watched entry that has changed. */
export interface WatchedChange {
  readonly id: number;
  readonly watch: Watch;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Breakpoints and watches under the numbers that they were given. */
export class Breakpoints {
  readonly all = new Map<number, Breakpoint | Watch>();
  readonly #last = new Map<number, Uint8Array | undefined>();
  #next = 1;

  add(one: Breakpoint | Watch): number {
    if (!('stops' in one)) this.#last.set(this.#next, one.read());
    this.all.set(this.#next, one);
    return this.#next++;
  }

  /** @returns false when there is none of this number. */
  remove(id: number): boolean {
    return this.all.delete(id);
  }

  /** The breakpoint at an instruction. */
  at(executable: Executable, insn: InsnIndex): number | undefined {
    for (const [id, one] of this.all) {
      if (!('stops' in one)) continue;
      if (one.stops.some((stop) => stop.executable === executable && stop.insn === insn)) return id;
    }
    return undefined;
  }

  /** The first watched entry that has another value than when last asked. */
  changed(): WatchedChange | undefined {
    let found: WatchedChange | undefined;
    for (const [id, one] of this.all) {
      if ('stops' in one) continue;
      const before = this.#last.get(id);
      const after = one.read();
      if (sameBytes(before, after)) continue;
      this.#last.set(id, after);
      found ??= { id, watch: one, before, after };
    }
    return found;
  }
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
