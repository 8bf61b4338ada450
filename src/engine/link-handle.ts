import type { BpfMap, Link, LinkInfo, Program } from '../kernel/kernel.js';
import { type AttachTarget, LINK_TYPES } from '../kernel/target.js';

/** Who keeps the links. */
export interface LinkOwner {
  /** @throws {KernelError} */
  replace(link: LinkHandle, next: Program | BpfMap, expected: Program | BpfMap | undefined): void;
  detach(id: number): void;
}

/** A link of the engine. It lives until it is detached: RATIONALE.md says why. */
export class LinkHandle implements Link {
  readonly kind = 'link';
  readonly id: number;
  /** Of the program that runs now. */
  programId: number;
  readonly target: AttachTarget;
  readonly #ifindex: number | undefined;
  readonly #owner: LinkOwner;

  constructor(
    id: number,
    programId: number,
    target: AttachTarget,
    ifindex: number | undefined,
    owner: LinkOwner,
  ) {
    this.id = id;
    this.programId = programId;
    this.target = target;
    this.#ifindex = ifindex;
    this.#owner = owner;
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

  async update(next: Program | BpfMap, expected?: Program | BpfMap): Promise<void> {
    this.#owner.replace(this, next, expected);
  }

  async detach(): Promise<void> {
    this.#owner.detach(this.id);
  }

  async close(): Promise<void> {}
}
