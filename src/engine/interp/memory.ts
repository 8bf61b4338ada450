import type { AccessBytes } from '../../isa/index.js';

/** Addresses below this read as zero in the engine: the page that a null pointer points into. */
export const NULL_PAGES = 65536;

/** Where the interpreted program's bytes are; a `WebAssembly.Memory` is one. The buffer may be replaced as it grows. */
export interface ByteMemory {
  readonly buffer: ArrayBufferLike;
}

/** Little-endian access to the engine's memory that never leaves it. */
export class AddressSpace {
  readonly #memory: ByteMemory;
  #view: DataView;

  constructor(memory: ByteMemory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /**
   * Why `bytes` bytes at an address cannot be accessed; undefined when they can. All 64 bits of the address count.
   * Nothing may be written where a null pointer points.
   */
  refusal(address: bigint, bytes: number, write: boolean): string | undefined {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    if (address + BigInt(bytes) > BigInt(this.#view.byteLength))
      return 'lies outside the memory of the engine';
    if (write && address < NULL_PAGES) return 'is a null pointer and a small offset';
    return undefined;
  }

  /** Reads an unsigned value. Ask `refusal` first. */
  read(address: bigint, bytes: AccessBytes): bigint {
    const at = Number(address);
    if (at < NULL_PAGES) return 0n;
    switch (bytes) {
      case 1:
        return BigInt(this.#view.getUint8(at));
      case 2:
        return BigInt(this.#view.getUint16(at, true));
      case 4:
        return BigInt(this.#view.getUint32(at, true));
      case 8:
        return this.#view.getBigUint64(at, true);
      default:
        return bytes satisfies never;
    }
  }

  /** Writes the low `bytes` bytes of a value. Ask `refusal` first. */
  write(address: bigint, bytes: AccessBytes, value: bigint): void {
    const at = Number(address);
    switch (bytes) {
      case 1:
        this.#view.setUint8(at, Number(BigInt.asUintN(8, value)));
        return;
      case 2:
        this.#view.setUint16(at, Number(BigInt.asUintN(16, value)), true);
        return;
      case 4:
        this.#view.setUint32(at, Number(BigInt.asUintN(32, value)), true);
        return;
      case 8:
        this.#view.setBigUint64(at, BigInt.asUintN(64, value), true);
        return;
      default:
        bytes satisfies never;
    }
  }
}
