import { closeFile, type OpenFile, readFile, writeFile } from './calls/files.js';
import type { InName } from './task-socket.js';

/** A file that a simulated task has open. */
export class TaskFile {
  readonly fd: number;
  readonly #file: OpenFile;
  readonly #as: InName;

  constructor(file: OpenFile, fd: number, as: InName) {
    this.#file = file;
    this.fd = fd;
    this.#as = as;
  }

  /** read(2): at most so many bytes from where the last call ended. */
  read(most = 65536): Uint8Array {
    return this.#as((call) => readFile(call, this.#file, most));
  }

  /** write(2) at where the last call ended. */
  write(data: string | Uint8Array): this {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#as((call) => writeFile(call, this.#file, bytes));
    return this;
  }

  /** close(2). */
  close(): void {
    this.#as((call) => closeFile(call, this.#file));
  }
}
