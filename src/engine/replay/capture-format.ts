import { SkepError } from '../../errors/base.js';
import type { BatchBuilder } from './batch.js';

/** Longest packet that a capture may hold, as libpcap and Wireshark have it: more is a sign of damage. */
export const MAX_PACKET = 262144;
/** Longest block of a pcapng file, as in Wireshark. */
export const MAX_BLOCK = 16 << 20;

/** A piece of the file and where it lies in it. */
export interface CaptureWindow {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly fileOffset: number;
}

/** One capture format: finds packets in a window of the file. */
export interface RecordReader {
  readonly format: 'pcap' | 'pcapng';
  /** Bytes at the start of the file that `start` wants to see at once. */
  readonly prologue: number;
  start(view: DataView): void;
  /**
   * Adds whole packets from `from` on until the batch is full or the window ends.
   * @returns where to go on: behind the last whole record; past the window's end when a long record is to be skipped.
   * @throws {SkepError} CAPTURE_CORRUPT
   */
  read(window: CaptureWindow, from: number, batch: BatchBuilder): number;
  /** Where a file that ends before its last record's end was cut: `in the middle of …`. */
  partial(): string;
}

/** Packets that programs do not get to see, counted by reason. */
export class SkipCounts {
  readonly #counts = new Map<string, number>();

  add(reason: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
  }

  /** Most frequent first. */
  list(): readonly { readonly reason: string; readonly packets: number }[] {
    return [...this.#counts]
      .map(([reason, packets]) => ({ reason, packets }))
      .sort((a, b) => b.packets - a.packets);
  }
}

/** The error for a file whose bytes at `at` of the window contradict the format. */
export function corrupt(window: CaptureWindow, at: number, what: string): SkepError {
  const offset = window.fileOffset + at;
  return new SkepError('CAPTURE_CORRUPT', `capture damaged at byte ${offset}: ${what}`, {
    facts: { offset },
    hint: 'The packets before that place were processed.',
  });
}
