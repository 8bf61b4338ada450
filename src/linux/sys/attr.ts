import { addressOf } from './syscall.js';

/**
 * Builds a C struct, such as `union bpf_attr`: fields are written at their uapi offsets, buffers as pointers.
 * Keeps every buffer that it points to alive as long as itself.
 */
export class Attr {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #kept: Uint8Array[] = [];

  constructor(size: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(size));
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    return this;
  }

  u64(offset: number, value: bigint | number): this {
    this.#view.setBigUint64(offset, BigInt.asUintN(64, BigInt(value)), true);
    return this;
  }

  /** A pointer to `buffer`, or NULL. */
  pointer(offset: number, buffer: Uint8Array | undefined): this {
    if (buffer === undefined || buffer.length === 0) return this.u64(offset, 0n);
    this.#kept.push(buffer);
    return this.u64(offset, addressOf(buffer));
  }

  /** At most 15 bytes of a name and its NUL; characters that Linux refuses become `_`. */
  name(offset: number, name: string): this {
    const clean = name.replace(/[^A-Za-z0-9_.]/g, '_').slice(0, 15);
    this.bytes.set(new TextEncoder().encode(clean), offset);
    return this;
  }

  readU32(offset: number): number {
    return this.#view.getUint32(offset, true);
  }
}
