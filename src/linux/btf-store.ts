import { type Btf, readBtf } from '../btf/index.js';
import type { BtfInfo } from '../kernel/kernel.js';
import { INFO } from './bpf/info-layouts.js';
import { infoOf, objectIds, openById } from './bpf/object.js';
import type { Fd } from './sys/fd.js';
import { cText, fill } from './sys/layout.js';

/** Types that the kernel holds, and the strings that line records name. */
export interface BtfText {
  readonly btf: Btf;
  readonly string: (offset: number) => string;
}

/** Reads types by their ids, each once. */
export class BtfStore {
  readonly #known = new Map<number, BtfText | undefined>();
  readonly #kernelTypes: () => Btf | undefined;

  /** @param kernelTypes those of vmlinux, on which modules' build. */
  constructor(kernelTypes: () => Btf | undefined) {
    this.#kernelTypes = kernelTypes;
  }

  /** Those of vmlinux. */
  get kernel(): Btf | undefined {
    return this.#kernelTypes();
  }

  /** Undefined for id 0, and when the types are gone. @throws {KernelError} */
  byId(id: number): BtfText | undefined {
    if (id === 0) return undefined;
    if (!this.#known.has(id)) this.#known.set(id, this.#read(id));
    return this.#known.get(id);
  }

  /** @throws {KernelError} */
  *infos(): Generator<BtfInfo> {
    for (const id of objectIds('btf')) {
      using fd = openById('btf', id);
      if (fd !== undefined) yield btfInfo(fd);
    }
  }

  #read(id: number): BtfText | undefined {
    using fd = openById('btf', id);
    if (fd === undefined) return undefined;
    const { name, kernel, size } = btfInfo(fd);
    if (kernel && name === 'vmlinux') {
      const btf = this.#kernelTypes();
      return btf === undefined ? undefined : { btf, string: () => '' };
    }
    const bytes = new Uint8Array(new ArrayBuffer(size));
    infoOf('btf', fd, fill(INFO.btf, { btf: bytes, btf_size: bytes.length }).bytes);
    const view = new DataView(bytes.buffer);
    const strings = bytes.subarray(view.getUint32(4, true) + view.getUint32(16, true));
    const btf = readBtf(bytes, `BTF ${id}`, kernel ? this.#kernelTypes() : undefined);
    return { btf, string: (offset) => cText(strings.subarray(offset)) };
  }
}

function btfInfo(fd: Fd): BtfInfo {
  const name = new Uint8Array(new ArrayBuffer(64));
  const info = infoOf('btf', fd, fill(INFO.btf, { name, name_len: name.length }).bytes);
  return {
    id: info.u32('id'),
    name: cText(name),
    kernel: info.u32('kernel_btf') !== 0,
    size: info.u32('btf_size'),
  };
}
