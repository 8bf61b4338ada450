import {
  INDEX_CAPTURED,
  INDEX_ETHERTYPE,
  INDEX_LENGTH,
  INDEX_NANOSECONDS,
  INDEX_OFFSET,
  INDEX_SECONDS,
  INDEX_WORDS,
} from '../../src/engine/replay/batch.js';
import { CaptureReader } from '../../src/engine/replay/capture.js';

export interface ReadPacket {
  readonly data: string;
  readonly length: number;
  readonly etherType: number;
  /** Nanoseconds since 1970. */
  readonly time: bigint;
}

/** All that a reader finds in a file which comes in chunks of `chunkSize` bytes. */
export function readCapture(file: Uint8Array, chunkSize = file.length) {
  const reader = new CaptureReader();
  const packets: ReadPacket[] = [];
  for (let at = 0; at < file.length; at += chunkSize) {
    for (const { data, index, count } of reader.push(file.slice(at, at + chunkSize))) {
      for (let i = 0; i < count; i++) {
        const word = (field: number): number => index[i * INDEX_WORDS + field] ?? Number.NaN;
        const start = word(INDEX_OFFSET);
        packets.push({
          data: data.subarray(start, start + word(INDEX_CAPTURED)).join(),
          length: word(INDEX_LENGTH),
          etherType: word(INDEX_ETHERTYPE),
          time: BigInt(word(INDEX_SECONDS)) * 1_000_000_000n + BigInt(word(INDEX_NANOSECONDS)),
        });
        if (start + word(INDEX_CAPTURED) > data.length) throw new Error('a packet lies outside its batch');
      }
    }
  }
  reader.end();
  return { packets, problem: reader.problem, skipped: reader.skips.list(), format: reader.format };
}
