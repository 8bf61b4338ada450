import type { InsnIndex } from '../../isa/index.js';
import type { Observer } from '../explore/observer.js';
import type { Session } from '../explore/session.js';
import { FRAME_REG_COUNT, SLOT_BYTES, STACK_SLOTS } from '../state/layout.js';
import { copyValue, differs, type Value } from './value.js';

/** One register that an instruction changed. */
export interface Change {
  readonly frame: number;
  readonly reg: number;
  readonly before: Value;
  readonly after: Value;
}

/** One instruction on the way to the rejection. */
export interface Step {
  readonly insn: InsnIndex;
  /** How many calls deep it ran. */
  readonly frame: number;
  readonly changes: Change[];
  /** The stack slots that it loaded or stored as whole values. */
  readonly slots: { readonly frame: number; readonly slot: number }[];
}

/** What the refused instruction found. */
export interface Finish {
  readonly frame: number;
  /** Registers of each frame. */
  readonly regs: readonly (readonly Value[])[];
  /** Types of the bytes of each frame's stack, `SLOT_*`, from fp-1 downwards. */
  readonly stack: readonly Uint8Array[];
  /** What each subprogram uses of the stack. */
  readonly depths: readonly { readonly name: string; readonly bytes: number }[];
}

interface Mark {
  readonly length: number;
  readonly shadow: (readonly Value[])[];
}

/**
 * Remembers the way to a rejection: each instruction with the registers that it changed. What other paths did is
 * forgotten when they end, so the cost is the length of one path.
 */
export class Trace implements Observer {
  readonly steps: Step[] = [];
  finish: Finish | undefined;
  #seen = 0;
  readonly #from: number;
  /** Registers of each frame as the last instruction left them. */
  #shadow: Value[][] = [];

  /** @param from instructions processed before the first that is remembered. */
  constructor(from = 0) {
    this.#from = from;
  }

  step(s: Session): void {
    if (this.#seen++ < this.#from) return;
    this.#compare(s);
    this.steps.push({ insn: s.at, frame: s.depth(), changes: [], slots: [] });
  }

  stackAccess(frame: number, slot: number): void {
    this.steps.at(-1)?.slots.push({ frame, slot });
  }

  mark(): Mark {
    return { length: this.steps.length, shadow: this.#shadow.map((regs) => [...regs]) };
  }

  resumed(_: Session, mark: unknown): void {
    const { length, shadow } = mark as Mark;
    this.steps.length = length;
    this.#shadow = shadow.map((regs) => [...regs]);
    const last = this.steps.pop();
    if (last !== undefined) this.steps.push({ ...last, changes: [] });
  }

  refused(s: Session): void {
    if (s.path === undefined) return;
    const { memory } = s;
    const frame = s.depth();
    if (this.steps.at(-1)?.insn !== s.at) this.step(s);
    const frames = Array.from({ length: frame + 1 }, (_, index) => memory.frame(s.path.state, index));
    this.finish = {
      frame,
      depths: s.shape.subprograms.map(({ name, stackDepth }) => ({ name, bytes: stackDepth })),
      regs: this.#shadow.length > frame ? this.#shadow : frames.map((each) => registers(s, each)),
      stack: frames.map((each) =>
        Uint8Array.from({ length: STACK_SLOTS * SLOT_BYTES }, (_, at) =>
          at < memory.stackDepth(each) ? memory.slotType(each, at >> 3, at & 7) : 0,
        ),
      ),
    };
  }

  /** Attributes what changed since the last look to the last instruction. */
  #compare(s: Session): void {
    const { memory } = s;
    const frame = s.depth();
    const last = this.steps.at(-1);
    const address = memory.frame(s.path.state, frame);
    // A call begins a frame, a return ends one: outer frames change at both.
    this.#shadow.length = Math.min(this.#shadow.length, frame + 1);
    if (last !== undefined && last.frame < frame) {
      this.#shadow[frame] = registers(s, address);
      this.#update(s, last, last.frame);
      return;
    }
    if (this.#shadow[frame] === undefined) {
      for (let index = 0; index <= frame; index++)
        this.#shadow[index] ??= registers(s, memory.frame(s.path.state, index));
      return;
    }
    this.#update(s, last, frame);
  }

  #update(s: Session, step: Step | undefined, frame: number): void {
    const { memory } = s;
    const address = memory.frame(s.path.state, frame);
    const shadow = this.#shadow[frame] as Value[];
    for (let reg = 0; reg < FRAME_REG_COUNT; reg++) {
      const before = shadow[reg] as Value;
      const at = memory.reg(address, reg);
      if (!differs(memory, at, before)) continue;
      const after = copyValue(memory, at);
      shadow[reg] = after;
      step?.changes.push({ frame, reg, before, after });
    }
  }
}

function registers(s: Session, frame: number): Value[] {
  return Array.from({ length: FRAME_REG_COUNT }, (_, reg) => copyValue(s.memory, s.memory.reg(frame, reg)));
}
