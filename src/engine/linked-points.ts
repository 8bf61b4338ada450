import { KernelError } from '../errors/errno.js';
import type { AttachTarget } from '../kernel/target.js';
import type { Attachment } from './attachments.js';
import type { KernelState } from './kernel-state.js';
import type { AttachedProgram, PointSource } from './world/points.js';

/** What the links of an engine have attached, as the world runs it. */
export class LinkedPoints implements PointSource {
  readonly #state: () => KernelState;

  constructor(state: () => KernelState) {
    this.#state = state;
  }

  get version(): number {
    return this.#state().links.attachments.version;
  }

  at(target: AttachTarget): readonly AttachedProgram[] {
    return this.#state()
      .links.attachments.at(target)
      .map((one: Attachment) => ({
        ...this.program(one.programId),
        cookie: 'cookie' in one.target ? (one.target.cookie ?? 0n) : 0n,
      }));
  }

  /** @throws {KernelError} ENOENT */
  program(id: number): AttachedProgram {
    const program = this.#state().programs.find(id);
    if (program === undefined)
      throw new KernelError('ENOENT', `there is no program with id ${id}`, { facts: { id } });
    return { slot: program.code().slot, programId: id, cookie: 0n };
  }
}
