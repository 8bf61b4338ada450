import type { Link, LinkInfo } from '../kernel/kernel.js';
import { type AttachTarget, LINK_TYPES } from '../kernel/target.js';

/** A link of the engine. It lives until it is detached: RATIONALE.md says why. */
export class LinkHandle implements Link {
  readonly kind = 'link';
  readonly id: number;
  readonly programId: number;
  readonly target: AttachTarget;
  readonly #ifindex: number | undefined;
  readonly #detach: (id: number) => void;

  constructor(
    id: number,
    programId: number,
    target: AttachTarget,
    ifindex: number | undefined,
    detach: (id: number) => void,
  ) {
    this.id = id;
    this.programId = programId;
    this.target = target;
    this.#ifindex = ifindex;
    this.#detach = detach;
  }

  async info(): Promise<LinkInfo> {
    return {
      id: this.id,
      type: LINK_TYPES[this.target.kind],
      programId: this.programId,
      target: this.target,
      ...(this.#ifindex === undefined ? {} : { ifindex: this.#ifindex }),
    };
  }

  async detach(): Promise<void> {
    this.#detach(this.id);
  }

  async close(): Promise<void> {}
}
