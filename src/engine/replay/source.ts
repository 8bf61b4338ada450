import { SkepError } from '../../errors/base.js';

export type CaptureChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Where a capture's bytes come from: all at once, as a stream of chunks, or as a function that opens it anew (needed
 * to play a stream again and again).
 */
export type CaptureSource = Uint8Array | CaptureChunks | (() => CaptureChunks);

/** Opens a source for one round. @throws {SkepError} REPLAY_SOURCE_ONCE for the second round of a stream. */
export function openSource(source: CaptureSource, round: number): CaptureChunks {
  if (source instanceof Uint8Array) return [source];
  if (typeof source === 'function') return source();
  if (round > 0) {
    throw new SkepError('REPLAY_SOURCE_ONCE', 'a stream cannot be replayed in a loop', {
      hint: 'Give the bytes, or a function that opens the stream.',
    });
  }
  return source;
}
