import { Engine } from '../engine/engine.js';
import type { EngineSnapshot } from '../engine/snapshot.js';

/** The engine that a root holds. */
export type StoredEngine = Engine;

/** What programs print goes to standard error, as the engine has no trace pipe that another process could read. */
export function restoreEngine(snapshot: EngineSnapshot): Promise<StoredEngine> {
  return Engine.restore(snapshot, {
    uid: process.getuid?.() ?? 0,
    onTrace: (line) => process.stderr.write(`${line}\n`),
  });
}
