import type { RingBufferWait } from '../../kernel/ring-batch.js';
import type { Fd } from '../sys/fd.js';
import { sharedPoller } from '../sys/poller.js';

/** Waits for one of the descriptors; false when the signal aborted or the reader was closed. */
export async function waitForAny(
  fds: readonly Fd[],
  closed: AbortSignal,
  { signal }: RingBufferWait,
): Promise<boolean> {
  const over = (): boolean => closed.aborted || signal?.aborted === true;
  if (over()) return false;
  const poller = sharedPoller();
  const wakeAll = (): void => {
    for (const fd of fds) poller.wake(fd);
  };
  signal?.addEventListener('abort', wakeAll, { once: true });
  closed.addEventListener('abort', wakeAll, { once: true });
  try {
    await Promise.race(fds.map((fd) => poller.wait(fd)));
  } finally {
    signal?.removeEventListener('abort', wakeAll);
    closed.removeEventListener('abort', wakeAll);
    wakeAll();
  }
  return !over();
}
