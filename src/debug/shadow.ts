import type { MemoryChange } from './undo.js';

const PAGE = 4096;

/** A copy of the engine's memory, by which it is seen what somebody else changed in it. */
export class MemoryShadow {
  readonly #memory: WebAssembly.Memory;
  #copy: Uint8Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#copy = new Uint8Array(memory.buffer).slice();
  }

  /** Bytes as they were when last looked at. */
  read(address: number, bytes: number): Uint8Array {
    return this.#copy.slice(address, address + bytes);
  }

  /** Takes over what the memory holds. */
  update(address: number, bytes: number): void {
    this.#copy.set(new Uint8Array(this.#memory.buffer).subarray(address, address + bytes), address);
  }

  /** Puts bytes back into the memory. */
  restore(address: number, bytes: Uint8Array): void {
    new Uint8Array(this.#memory.buffer).set(bytes, address);
    this.#copy.set(bytes, address);
  }

  /** Pages that differ from the copy, as the copy has them; the copy then has the new ones. */
  changes(): MemoryChange[] {
    this.#grow();
    const changes: MemoryChange[] = [];
    const now = new Int32Array(this.#memory.buffer);
    const then = new Int32Array(this.#copy.buffer);
    const words = PAGE / 4;
    for (let start = 0; start < now.length; start += words) {
      let at = start;
      while (at < start + words && now[at] === then[at]) at++;
      if (at === start + words) continue;
      changes.push({ address: start * 4, before: this.read(start * 4, PAGE) });
      this.update(start * 4, PAGE);
    }
    return changes;
  }

  /** Memory that a helper made grow was zero before: giving it back is not possible, clearing it is. */
  #grow(): void {
    const { byteLength } = this.#memory.buffer;
    if (byteLength === this.#copy.length) return;
    const copy = new Uint8Array(byteLength);
    copy.set(this.#copy);
    this.#copy = copy;
  }
}
