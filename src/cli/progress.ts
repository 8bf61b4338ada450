import type { ReplayProgress } from '../engine/replay/replay.js';

const INTERVAL_MS = 100;

/** One line on the terminal that says how far a replay is. */
export class Progress {
  private readonly started = performance.now();
  private readonly active: boolean;
  private readonly size: number | undefined;
  private last = 0;
  private shown = false;

  /** @param size Of the capture, in bytes, when known. */
  constructor(active: boolean, size: number | undefined) {
    this.active = active;
    this.size = size;
  }

  show({ packets, fileBytes, round }: ReplayProgress): void {
    const now = performance.now();
    if (!this.active || now - this.last < INTERVAL_MS) return;
    this.last = now;
    this.shown = true;
    const perSecond = packets / ((now - this.started) / 1000);
    const part = this.size === undefined || this.size === 0 ? undefined : fileBytes / this.size - round;
    const percent = part === undefined || part <= 0 ? '' : ` ${Math.min(100, Math.floor(part * 100))} %`;
    const rounds = round > 0 ? ` round ${round + 1}` : '';
    process.stderr.write(`\r\u001b[K${packets} packets${percent}${rounds}, ${Math.round(perSecond)}/s`);
  }

  /** Takes the line away. */
  end(): void {
    if (this.shown) process.stderr.write('\r\u001b[K');
    this.shown = false;
  }
}
