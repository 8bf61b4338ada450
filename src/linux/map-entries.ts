import { KernelError } from '../errors/errno.js';
import type { MapWalk } from '../kernel/kernel.js';
import { type BatchCursor, mapLookup, mapLookupBatch, mapNextKey } from './bpf/map.js';
import type { LinuxMap } from './maps.js';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Bytes that one batch may hold. */
const BATCH_BYTES = 1 << 18;
const LARGEST_BATCH = 1 << 16;

/** All entries: in batches, or key by key for maps that have none. */
export function* mapEntries(map: LinuxMap): Generator<Entry, MapWalk, undefined> {
  if (map.keySize === 0) return { complete: true };
  const walk = batches(map);
  const first = firstOf(walk);
  if (first === 'unsupported') return yield* oneByOne(map);
  // Buckets and indexes stand still; where a batch goes on from a key, that key may be gone.
  const seen = /hash|array/.test(map.typeName) ? undefined : new Set<string>();
  let complete = true;
  for (let batch = first; batch !== undefined; batch = walk.next().value ?? undefined)
    for (const entry of batch) {
      if (isNew(seen, entry[0])) yield entry;
      else complete = false;
    }
  return { complete };
}

/** Notes a key; false when it was there before. */
function isNew(seen: Set<string> | undefined, key: Uint8Array): boolean {
  if (seen === undefined) return true;
  const before = seen.size;
  return seen.add(String.fromCharCode(...key)).size > before;
}

function firstOf(walk: Generator<readonly Entry[]>): readonly Entry[] | 'unsupported' | undefined {
  try {
    const { value, done } = walk.next();
    return done ? undefined : value;
  } catch (error) {
    // EINVAL from kernels without the command, ENOTSUPP from maps without batches.
    if (error instanceof KernelError && ['EINVAL', 'EOPNOTSUPP', 'ENOTSUPP'].includes(error.errno))
      return 'unsupported';
    throw error;
  }
}

function* batches(map: LinuxMap): Generator<readonly Entry[], undefined> {
  const { keySize: key, valueBytes: value } = map;
  const cursor: BatchCursor = { position: undefined };
  let most = Math.max(16, Math.min(map.maxEntries, Math.floor(BATCH_BYTES / (key + value))));
  for (;;) {
    const batch = mapLookupBatch(map.fd, cursor, { key, value }, most);
    if (batch === undefined) {
      if (most >= LARGEST_BATCH)
        throw new KernelError('ENOSPC', `a bucket of map ${map.id} has more than ${most} entries`);
      most *= 4;
      continue;
    }
    yield Array.from(
      { length: batch.count },
      (_, index): Entry => [
        batch.keys.slice(index * key, (index + 1) * key),
        batch.values.slice(index * value, (index + 1) * value),
      ],
    );
    if (batch.last) return undefined;
  }
}

function* oneByOne(map: LinuxMap): Generator<Entry, MapWalk, undefined> {
  const seen = new Set<string>();
  let complete = true;
  let key = mapNextKey(map.fd, undefined, map.keySize);
  for (let left = 2 * map.maxEntries; key !== undefined; left--) {
    // Deletions may make the kernel start over for ever.
    if (left === 0) return { complete: false };
    const value = mapLookup(map.fd, key, map.valueBytes);
    // Empty slots of arrays of objects read as absent.
    if (!isNew(seen, key)) complete = false;
    else if (value !== undefined) yield [key, value];
    key = mapNextKey(map.fd, key, map.keySize);
  }
  return { complete };
}
