import type { Observer } from '../../../src/verifier/explore/observer.js';
import type { Session } from '../../../src/verifier/explore/session.js';
import { frameInsns } from '../../../src/verifier/prune/clean.js';
import type { StateAddr } from '../../../src/verifier/state/domain.js';

/** One abstract state that the verifier was in before an instruction. */
export interface Recorded {
  readonly state: StateAddr;
  /** Where each frame stands: call sites, then the instruction. */
  readonly insns: readonly number[];
}

/** Keeps every abstract state of a verification, by instruction. */
export class Recorder implements Observer {
  readonly rangesDecide = true;
  readonly states = new Map<number, Recorded[]>();
  session!: Session;

  step(s: Session): void {
    this.session = s;
    const states = this.states.get(s.at) ?? [];
    this.states.set(s.at, states);
    states.push({ state: s.ops.saveState(s.path.state), insns: frameInsns(s, { ...s.path, insn: s.at }) });
  }

  /** Registers of a recorded frame that are still read, one bit each. */
  liveRegisters({ insns }: Recorded, frame: number): number {
    const { shape } = this.session;
    const insn = insns[frame] as number;
    const live = shape.liveRegisters[insn] as number;
    // The call itself reads its arguments and has done so; what is left is what is read after it.
    return frame === insns.length - 1 ? live : live & 0b1111000000;
  }

  /** Whether what a stack slot holds may still be read. */
  isLiveSlot({ state, insns }: Recorded, frame: number, slot: number): boolean {
    const { session } = this;
    const at = insns[insns.length - 1] as number;
    const [low, high] = session.liveStack.liveSlots(
      session.rootInsn(state),
      session.callChain(state),
      at,
      frame,
    );
    return (((slot < 32 ? low : high) >>> (slot & 31)) & 1) === 1;
  }
}
