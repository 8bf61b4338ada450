import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineSnapshot } from '../snapshot.js';
import { fileError, RootError, systemCode } from './errors.js';
import { type LockHolder, lockHolder, RootLock, tryLock } from './lock.js';
import { STATE_FILE } from './state.js';
import { RootStore } from './store.js';

/** How long a command waits for another that has the root open, in milliseconds. */
export const LOCK_WAIT_MS = 10_000;

/** A root that this process may write: it holds the lock. */
export class Root {
  readonly folder: string;
  private readonly store: RootStore;
  private readonly lock: RootLock;

  constructor(folder: string, store: RootStore, lock: RootLock) {
    this.folder = folder;
    this.store = store;
    this.lock = lock;
  }

  /** Counts the times the root was opened for writing; part of the name of the socket. */
  get generation(): number {
    return this.lock.generation;
  }
  load(): EngineSnapshot {
    return this.store.load();
  }
  /** Returns when the snapshot is on disk. @throws {RootError} with the old state intact */
  save(snapshot: EngineSnapshot): void {
    this.store.save(snapshot);
  }
  /** Tells others where this process serves the root. */
  announce(socket: string): void {
    this.lock.announce(socket);
  }
  close(): void {
    this.lock.release();
  }
}

/** Another process that serves the root, for a client to connect to. */
export interface Served {
  readonly holder: LockHolder;
  readonly socket: string;
}

/**
 * Opens a root for writing, or says who serves it; waits for a short command that has it open.
 * @param ignore A generation whose socket nobody answered.
 * @throws {RootError} ROOT_BUSY after `waitMs`; ROOT_UNWRITABLE, ROOT_NOT_A_FOLDER, …
 */
export async function openRoot(folder: string, ignore = 0, waitMs = LOCK_WAIT_MS): Promise<Root | Served> {
  makeFolder(folder);
  const deadline = Date.now() + waitMs;
  for (let pause = 2; ; pause = Math.min(pause * 2, 50)) {
    const lock = tryLock(folder, ignore);
    if (lock instanceof RootLock) return new Root(folder, new RootStore(folder), lock);
    if (lock.socket !== undefined) return { holder: lock, socket: lock.socket };
    if (Date.now() >= deadline) throw busy(folder, lock, waitMs);
    await sleep(pause);
  }
}

/** Reads a root without taking it, or says who serves it. A root that does not exist reads as empty. */
export function peekRoot(folder: string, ignore = 0): EngineSnapshot | Served {
  const holder = lockHolder(folder, ignore);
  if (holder?.socket !== undefined) return { holder, socket: holder.socket };
  return new RootStore(folder).load();
}

function busy(folder: string, holder: LockHolder, waitMs: number): RootError {
  return new RootError(
    'ROOT_BUSY',
    `process ${holder.pid} has had the root ${folder} open for more than ${waitMs / 1000} s`,
    { facts: { pid: holder.pid, root: folder }, hint: 'Wait for it, stop it, or choose another SKEP_ROOT.' },
  );
}

/**
 * Makes `folder` and those above it that are missing. Not by mkdir's `recursive`: where the system says ENOENT of a
 * folder that exists, as Linux does in /proc, Node then tries for ever.
 */
function makeFolders(folder: string): void {
  try {
    makeOne(folder);
  } catch (error) {
    const above = dirname(folder);
    if (systemCode(error) !== 'ENOENT' || above === folder) throw error;
    makeFolders(above);
    makeOne(folder);
  }
}

/** @throws EEXIST when it is a file. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

function makeFolder(folder: string): void {
  let names: string[];
  try {
    makeFolders(folder);
    names = readdirSync(folder);
  } catch (error) {
    // mkdir says EEXIST when the name is a file's.
    if (systemCode(error) === 'EEXIST') {
      throw new RootError('ROOT_NOT_A_FOLDER', `the root ${folder} is a file, not a folder`, {
        facts: { path: folder },
        hint: 'Choose another folder with SKEP_ROOT, or move the file away.',
      });
    }
    throw fileError(error, folder, 'write');
  }
  if (names.includes(STATE_FILE) || names.includes('epoch')) return;
  const foreign = names.find((name) => !/^(?:\..*|lock\..*|socket\..*)$/.test(name));
  if (foreign !== undefined) {
    throw new RootError('ROOT_FOREIGN', `${folder} is not a skep root: it holds ${foreign}`, {
      facts: { path: folder, found: foreign },
      hint: 'Choose an empty or new folder with SKEP_ROOT.',
    });
  }
}
