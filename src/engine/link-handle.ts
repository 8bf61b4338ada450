import type { AttachTarget, Link, LinkInfo } from '../kernel/kernel.js';

/** bpftool's word for a link, by what it is attached to. */
const LINK_TYPE: Readonly<Record<AttachTarget['kind'], string>> = {
  xdp: 'xdp',
  tcx: 'tcx',
  tracepoint: 'perf_event',
  raw_tracepoint: 'raw_tracepoint',
  socket: 'socket',
};

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
      type: LINK_TYPE[this.target.kind],
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
