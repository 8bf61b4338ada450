import { type Btf, readBtf } from '../btf/index.js';
import { INFO } from './bpf/info-layouts.js';
import { infoOf, openById } from './bpf/object.js';
import { cText, fill } from './sys/layout.js';

/** Types that the kernel holds, and the strings that line records name. */
export interface BtfText {
  readonly btf: Btf;
  readonly string: (offset: number) => string;
}

/** Reads types by their ids, each once. */
export class BtfStore {
  readonly #known = new Map<number, BtfText | undefined>();

  /** Undefined for id 0, and when the types are gone. @throws {KernelError} */
  byId(id: number): BtfText | undefined {
    if (id === 0) return undefined;
    if (!this.#known.has(id)) this.#known.set(id, readById(id));
    return this.#known.get(id);
  }
}

function readById(id: number): BtfText | undefined {
  using fd = openById('btf', id);
  if (fd === undefined) return undefined;
  const bytes = new Uint8Array(new ArrayBuffer(infoOf('btf', fd).u32('btf_size')));
  infoOf('btf', fd, fill(INFO.btf, { btf: bytes, btf_size: bytes.length }).bytes);
  return textOf(bytes, `BTF ${id}`);
}

function textOf(bytes: Uint8Array, label: string): BtfText {
  const view = new DataView(bytes.buffer);
  const strings = bytes.subarray(view.getUint32(4, true) + view.getUint32(16, true));
  return { btf: readBtf(bytes, label), string: (offset) => cText(strings.subarray(offset)) };
}
