const MAX_LINES = 4096;

/** Lines that programs printed. The oldest go when there are more than 4096. */
export class TraceLog {
  readonly lines: string[] = [];
  /** Lines that went. */
  dropped = 0;
  readonly #onLine: ((line: string) => void) | undefined;

  /** @param onLine called with each line as it is printed, without its line end */
  constructor(onLine?: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(line: string): void {
    this.lines.push(line);
    if (this.lines.length > MAX_LINES) this.dropped += this.lines.splice(0, MAX_LINES / 4).length;
    this.#onLine?.(line);
  }
}
