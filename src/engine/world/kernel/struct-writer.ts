import type { EngineMemory } from '../../memory.js';
import type { Place, StructLayouts } from './struct-layout.js';

/** What can be written into a member. An array of bytes is cut to the member. */
export type FieldValue = number | bigint | boolean | string | Uint8Array;

/** Writes structs of the kernel into the engine's memory, as the kernel's BTF lays them out. */
export class StructWriter {
  readonly memory: EngineMemory;
  readonly #layouts: StructLayouts;

  constructor(memory: EngineMemory, layouts: StructLayouts) {
    this.memory = memory;
    this.#layouts = layouts;
  }

  /** A struct of zeros. Tail room keeps small reads behind it in bounds. */
  make(struct: string): number {
    const size = this.size(struct);
    const address = this.memory.alloc(size + 64);
    this.memory.bytes.fill(0, address, address + size + 64);
    return address;
  }

  size(struct: string): number {
    return this.#layouts.of(struct).size;
  }

  /** The address of a member inside a struct at an address. */
  at(struct: string, address: number, path: string): number {
    return address + (this.#layouts.of(struct).find(path)?.offset ?? 0);
  }

  /** Members by their paths. Kernels differ: what a struct has not is left out. */
  set(struct: string, address: number, fields: Readonly<Record<string, FieldValue>>): void {
    const layout = this.#layouts.of(struct);
    for (const [path, value] of Object.entries(fields)) {
      const place = layout.find(path);
      if (place !== undefined) this.#write(address, place, value);
    }
  }

  #write(struct: number, { offset, size, bits }: Place, value: FieldValue): void {
    const address = struct + offset;
    if (typeof value === 'string' || value instanceof Uint8Array) {
      const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
      const out = new Uint8Array(size);
      out.set(bytes.subarray(0, typeof value === 'string' ? Math.max(size - 1, 0) : size));
      this.memory.write(address, out);
      return;
    }
    const number = BigInt(value);
    if (bits !== undefined) this.#writeBits(address, bits, number);
    else this.memory.write(address, littleEndian(number, size));
  }

  #writeBits(
    address: number,
    { shift, count }: { readonly shift: number; readonly count: number },
    value: bigint,
  ): void {
    const bytes = (shift + count + 7) >> 3;
    const old = this.memory.read(address, bytes).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    const mask = ((1n << BigInt(count)) - 1n) << BigInt(shift);
    this.memory.write(address, littleEndian((old & ~mask) | ((value << BigInt(shift)) & mask), bytes));
  }
}

function littleEndian(value: bigint, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let rest = BigInt.asUintN(size * 8, value);
  for (let at = 0; at < size; at++, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** Two bytes of a port as the network has them, as a number that is written least byte first. */
export function networkOrder(port: number): number {
  return ((port & 0xff) << 8) | (port >> 8);
}
