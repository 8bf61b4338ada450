import { KernelError } from '../../errors/errno.js';
import type { Link, LinkInfo } from '../../kernel/kernel.js';
import { type AttachTarget, LINK_TYPES, targetText } from '../../kernel/target.js';

/**
 * An attachment of the time before links: it has no id and no descriptor, `link show` does not know it, and it stays
 * until somebody undoes it.
 */
export class OldAttachment implements Link {
  readonly kind = 'link';
  readonly id = 0;
  readonly #programId: number;
  readonly #target: AttachTarget;
  readonly #undo: () => void;
  /** It is a socket's or an event's, and ends with that. */
  readonly endsWithProcess: boolean;

  constructor(programId: number, target: AttachTarget, undo: () => void, endsWithProcess = false) {
    this.#programId = programId;
    this.#target = target;
    this.#undo = undo;
    this.endsWithProcess = endsWithProcess;
  }

  get text(): string {
    return targetText(this.#target);
  }

  async info(): Promise<LinkInfo> {
    return { id: 0, type: LINK_TYPES[this.#target.kind], programId: this.#programId, target: this.#target };
  }

  async update(): Promise<void> {
    throw new KernelError(
      'EOPNOTSUPP',
      `${this.text} is no link: its program cannot be replaced in one step`,
      {
        hint: 'detach it and attach the other program',
      },
    );
  }

  async detach(): Promise<void> {
    this.#undo();
  }

  async close(): Promise<void> {
    if (this.endsWithProcess) this.#undo();
  }
}
