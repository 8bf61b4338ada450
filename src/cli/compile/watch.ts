import { type FSWatcher, watch } from 'node:fs';
import { dirname, resolve } from 'node:path';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** Editors write a file in several steps. */
const SETTLE_MS = 50;

/**
 * Builds, and again whenever one of the files changes that the last build read, until the process is told to stop.
 *
 * @param build answers the files that it read
 */
export async function buildOnChange(build: () => Promise<readonly string[]>): Promise<void> {
  const watchers = new Map<string, FSWatcher>();
  let files = new Set<string>();
  let wake = () => {};
  let stopped = false;
  const stop = () => {
    stopped = true;
    wake();
  };
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    while (!stopped) {
      const changed = new Promise<void>((done) => {
        wake = done;
      });
      files = new Set((await build()).map((file) => resolve(file)));
      // Folders, since editors replace files.
      for (const folder of new Set([...files].map(dirname))) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, (_, name) => {
          if (name === null || files.has(resolve(folder, name))) wake();
        });
        watchers.set(folder, watcher);
      }
      await changed;
      await new Promise((done) => setTimeout(done, SETTLE_MS));
    }
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    for (const watcher of watchers.values()) watcher.close();
  }
}
