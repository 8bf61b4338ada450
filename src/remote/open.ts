import { setTimeout as sleep } from 'node:timers/promises';
import {
  LOCK_WAIT_MS,
  livenessOf,
  openRoot,
  peekRoot,
  Root,
  RootError,
  type Served,
} from '../engine/root/index.js';
import type { EngineSnapshot } from '../engine/snapshot.js';
import type { Kernel } from '../kernel/kernel.js';
import { socketAddress } from './address.js';
import { RemoteKernel } from './client.js';
import { KernelServer } from './server.js';

/** A kernel in this process whose state can be stored. */
export interface StatefulKernel extends Kernel {
  snapshot(): EngineSnapshot;
}

export interface OpenOptions<K extends StatefulKernel> {
  /** The folder of the root. */
  readonly root: string;
  /** `read` takes no lock; `write` waits for a short command of another process; `own` serves others meanwhile. */
  readonly purpose: 'read' | 'write' | 'own';
  readonly restore: (snapshot: EngineSnapshot) => K | Promise<K>;
  /** How long to wait for another process, in milliseconds. */
  readonly waitMs?: number;
}

/** A root opened here, or a connection to the process that has it open. */
export interface OpenedKernel<K extends StatefulKernel> {
  readonly kernel: Kernel;
  /** The engine when it runs in this process. */
  readonly engine: K | undefined;
  /** Makes what was done so far durable. Does nothing for a connection: the owner did before it answered. */
  commit(): void;
  /** Lets go without a commit. */
  close(): Promise<void>;
}

/** Opens the root in this process, or connects to the one that serves it. */
export async function openKernel<K extends StatefulKernel>(
  options: OpenOptions<K>,
): Promise<OpenedKernel<K>> {
  const deadline = Date.now() + (options.waitMs ?? LOCK_WAIT_MS);
  let ignore = 0;
  for (let refusals = 0; ; refusals++) {
    const left = Math.max(0, deadline - Date.now());
    const found =
      options.purpose === 'read'
        ? peekRoot(options.root, ignore)
        : await openRoot(options.root, ignore, left);
    if (found instanceof Root) return own(found, options);
    if (!isServed(found))
      return opened(
        await options.restore(found),
        () => {},
        async () => {},
      );
    const kernel = await connect(found.socket);
    if (kernel !== undefined)
      return { kernel, engine: undefined, commit: () => {}, close: () => kernel.close() };
    // It has the root but no longer answers: it is about to end, or ended where its process id cannot be asked for.
    if (refusals > 20 && livenessOf(found.holder) === 'unknown') ignore = found.holder.generation;
    if (Date.now() >= deadline) throw unanswered(options.root, found);
    await sleep(10);
  }
}

async function own<K extends StatefulKernel>(root: Root, options: OpenOptions<K>): Promise<OpenedKernel<K>> {
  try {
    const engine = await options.restore(root.load());
    const commit = (): void => root.save(engine.snapshot());
    if (options.purpose !== 'own') return opened(engine, commit, async () => root.close());
    const address = socketAddress(root.folder, root.generation);
    const server = new KernelServer(engine, { persist: commit });
    await server.listen(address.path);
    root.announce(address.path);
    return opened(engine, commit, async () => {
      await server.close();
      address.dispose();
      root.close();
    });
  } catch (error) {
    root.close();
    throw error;
  }
}

function opened<K extends StatefulKernel>(
  engine: K,
  commit: () => void,
  release: () => Promise<void>,
): OpenedKernel<K> {
  const close = async (): Promise<void> => {
    try {
      await release();
    } finally {
      await engine.close();
    }
  };
  return { kernel: engine, engine, commit, close };
}

function isServed(found: EngineSnapshot | Served): found is Served {
  return 'socket' in found;
}

async function connect(socket: string): Promise<RemoteKernel | undefined> {
  try {
    return await RemoteKernel.connect(socket);
  } catch {
    return undefined;
  }
}

function unanswered(root: string, { holder, socket }: Served): RootError {
  return new RootError('ROOT_BUSY', `process ${holder.pid} has the root ${root} open but does not answer`, {
    facts: { pid: holder.pid, root, socket },
    hint: 'Stop it, or choose another root with SKEP_ROOT.',
  });
}
