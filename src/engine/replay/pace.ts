type Resume = () => void;

/** Waits, and comes back early when the signal fires. */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', finish);
      resolve();
    };
    const timer = setTimeout(finish, milliseconds);
    signal?.addEventListener('abort', finish, { once: true });
  });
}

/** Lets the event loop run what is due, without the millisecond that a timer costs. */
export const yieldToEvents: () => Promise<void> = makeYield();

function makeYield(): () => Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (callback: Resume) => unknown };
  if (setImmediate !== undefined) return () => new Promise((resolve) => setImmediate(resolve));
  const waiting: Resume[] = [];
  const channel = new MessageChannel();
  channel.port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(undefined);
    });
}

/** Says how many packets are due at a rate. Without one: all of them, at once. */
export class Pacer {
  readonly #rate: number | undefined;
  readonly #started = performance.now();
  #done = 0;

  /** @param rate packets a second */
  constructor(rate: number | undefined) {
    this.#rate = rate;
  }

  /** How many of `wanted` packets may go now; waits until there is one, or until the signal fires (0). */
  async take(wanted: number, signal: AbortSignal | undefined): Promise<number> {
    if (this.#rate === undefined) return wanted;
    while (!signal?.aborted) {
      const due = Math.floor(((performance.now() - this.#started) / 1000) * this.#rate) + 1 - this.#done;
      if (due > 0) {
        const granted = Math.min(due, wanted);
        this.#done += granted;
        return granted;
      }
      await sleep(Math.max(1, 1000 / this.#rate), signal);
    }
    return 0;
  }
}
