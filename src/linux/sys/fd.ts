import { closeFd } from './syscall.js';

/** Closes descriptors whose owner was forgotten. */
const forgotten = new FinalizationRegistry<number>(closeFd);

/** A file descriptor. Closed by `using` or `close()`, and, so that nothing leaks, when it is forgotten. */
export class Fd {
  readonly fd: number;
  #open = true;

  constructor(fd: number) {
    this.fd = fd;
    forgotten.register(this, fd, this);
  }

  get open(): boolean {
    return this.#open;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    forgotten.unregister(this);
    closeFd(this.fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Descriptors that end together, without being kept alive for that. */
export class FdGroup {
  #members = new Set<WeakRef<Fd>>();
  #limit = 64;

  add(fd: Fd): void {
    this.#members.add(new WeakRef(fd));
    if (this.#members.size < this.#limit) return;
    this.#members = new Set([...this.#members].filter((ref) => ref.deref()?.open));
    this.#limit = Math.max(64, this.#members.size * 2);
  }

  close(): void {
    for (const ref of this.#members) ref.deref()?.close();
    this.#members.clear();
  }
}
