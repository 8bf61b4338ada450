import { Fd } from './fd.js';
import { checked, libc } from './libc.js';

const EPOLL_CLOEXEC = 0o2000000;
const ADD = 1;
const REMOVE = 2;
const CHANGE = 3;
const EPOLLIN = 1;
const ONE_SHOT = 1 << 30;
const MOST_EVENTS = 64;
/** struct epoll_event: packed on x86 only. */
const EVENT = process.arch === 'x64' ? { size: 12, data: 4 } : { size: 16, data: 8 };
/** A wake-up that was missed is made up for after this time. */
const LOOK_AGAIN_MS = 100;

/**
 * Waits for descriptors that libuv cannot watch: ring buffers and perf events. One thread of libuv's pool waits for all
 * of them, and only while somebody does.
 */
class Poller {
  readonly #epoll = new Fd(checked(libc().epollCreate(EPOLL_CLOEXEC)));
  readonly #waiting = new Map<number, () => void>();
  readonly #known = new Set<number>();
  #running = false;

  /** Resolves when there may be something to read, or after some time. */
  wait(fd: Fd): Promise<void> {
    const event = new DataView(new ArrayBuffer(EVENT.size));
    event.setUint32(0, EPOLLIN | ONE_SHOT, true);
    event.setInt32(EVENT.data, fd.fd, true);
    const operation = this.#known.has(fd.fd) ? CHANGE : ADD;
    libc().epollControl(this.#epoll.fd, operation, fd.fd, new Uint8Array(event.buffer));
    this.#known.add(fd.fd);
    return new Promise((resolve) => {
      this.#waiting.set(fd.fd, resolve);
      if (!this.#running) this.#run();
    });
  }

  /** To be called before a descriptor is closed: ends its wait. */
  forget(fd: Fd): void {
    if (this.#known.delete(fd.fd)) libc().epollControl(this.#epoll.fd, REMOVE, fd.fd, null);
    this.wake(fd);
  }

  wake(fd: Fd): void {
    const resolve = this.#waiting.get(fd.fd);
    this.#waiting.delete(fd.fd);
    resolve?.();
  }

  #run(): void {
    this.#running = true;
    const events = new Uint8Array(new ArrayBuffer(EVENT.size * MOST_EVENTS));
    libc().epollWait.async(this.#epoll.fd, events, MOST_EVENTS, LOOK_AGAIN_MS, (_, result) => {
      const count = Number(result);
      if (count > 0) this.#wakeThose(new DataView(events.buffer), count);
      else for (const resolve of this.#takeAll()) resolve();
      this.#running = false;
      if (this.#waiting.size > 0) this.#run();
    });
  }

  #wakeThose(events: DataView, count: number): void {
    for (let index = 0; index < count; index++) {
      const fd = events.getInt32(index * EVENT.size + EVENT.data, true);
      const resolve = this.#waiting.get(fd);
      this.#waiting.delete(fd);
      resolve?.();
    }
  }

  #takeAll(): (() => void)[] {
    const all = [...this.#waiting.values()];
    this.#waiting.clear();
    return all;
  }
}

let poller: Poller | undefined;

/** The poller of this process. */
export function sharedPoller(): Poller {
  poller ??= new Poller();
  return poller;
}
