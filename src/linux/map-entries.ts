import { KernelError } from '../errors/errno.js';
import { type BatchCursor, mapLookup, mapLookupBatch, mapNextKey } from './bpf/map.js';
import type { LinuxMap } from './maps.js';

type Entry = readonly [key: Uint8Array, value: Uint8Array];

/** Bytes that one batch may hold. */
const BATCH_BYTES = 1 << 18;
const LARGEST_BATCH = 1 << 16;

/** All entries: in batches, or key by key for maps that have none. */
export function* mapEntries(map: LinuxMap): Generator<Entry> {
  if (map.keySize === 0) return;
  const walk = batches(map);
  const first = firstOf(walk);
  if (first === 'unsupported') yield* oneByOne(map);
  else {
    if (first !== undefined) yield* first;
    for (const batch of walk) yield* batch;
  }
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

function* batches(map: LinuxMap): Generator<readonly Entry[]> {
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
    if (batch.last) return;
  }
}

function* oneByOne(map: LinuxMap): Generator<Entry> {
  let left = map.maxEntries;
  for (
    let key = mapNextKey(map.fd, undefined, map.keySize);
    key !== undefined && left > 0;
    key = mapNextKey(map.fd, key, map.keySize)
  ) {
    left--;
    const value = mapLookup(map.fd, key, map.valueBytes);
    if (value !== undefined) yield [key, value];
  }
}
