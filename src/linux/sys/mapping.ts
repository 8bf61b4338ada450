import { callError } from '../explain/errno.js';
import type { Fd } from './fd.js';
import { libc } from './libc.js';

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FIXED_NOREPLACE = 0x10_0000;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** Memory of the kernel in this process. Views of it must not be used once it is closed. */
export class Mapping {
  readonly buffer: ArrayBuffer;
  readonly #pointer: unknown;
  readonly #size: number;
  #open = true;

  /**
   * @param options.at the address at which it must be; the kernel chooses one by default.
   * @param options.seen bytes of it that `buffer` shows; all by default.
   * @throws {KernelError}
   */
  constructor(
    fd: Fd,
    size: number,
    options: { offset?: number; writable?: boolean; at?: bigint; seen?: number } = {},
  ) {
    const { offset = 0, writable = false, at, seen = size } = options;
    const { mmap, koffi } = libc();
    const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
    const flags = MAP_SHARED | (at === undefined ? 0 : MAP_FIXED_NOREPLACE);
    const pointer: unknown = mmap(at ?? null, size, protection, flags, fd.fd, offset);
    if (pointer === null || koffi.address(pointer as Uint8Array) === MAP_FAILED)
      throw callError(`mmap of ${size} bytes`, -koffi.errno());
    this.#pointer = pointer;
    this.#size = size;
    this.buffer = koffi.view(pointer, seen);
  }

  close(): void {
    if (this.#open) libc().munmap(this.#pointer, this.#size);
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Bytes of a page of memory: every buffer that is mapped starts and ends at one. */
export const PAGE = 4096;
