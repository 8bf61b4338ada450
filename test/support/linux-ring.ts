import { createRequire } from 'node:module';
import type { BpfFd } from '../../src/linux/bpf.js';

interface Koffi {
  load(path: null): { func(prototype: string): (...args: unknown[]) => unknown };
  view(pointer: unknown, length: number): ArrayBuffer;
}

const PAGE = 4096;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/** User space's end of a ring buffer of this machine's kernel, over its mapped pages. */
export interface LinuxRing {
  /** Takes all records out: their bytes, without discarded ones. */
  read(): Uint8Array[];
  close(): void;
}

export function linuxRing(map: BpfFd, size: number): LinuxRing {
  const koffi = createRequire(import.meta.url)('koffi') as Koffi;
  const libc = koffi.load(null);
  const mmap = libc.func('void *mmap(void *at, size_t size, int prot, int flags, int fd, long offset)');
  const munmap = libc.func('int munmap(void *at, size_t size)');
  const consumerAt = mmap(null, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, map.fd, 0);
  const producerAt = mmap(null, PAGE + 2 * size, PROT_READ, MAP_SHARED, map.fd, PAGE);
  const consumer = new DataView(koffi.view(consumerAt, PAGE));
  const ring = new DataView(koffi.view(producerAt, PAGE + 2 * size));
  return {
    read() {
      const records: Uint8Array[] = [];
      const end = ring.getBigUint64(0, true);
      let at = consumer.getBigUint64(0, true);
      while (at < end) {
        const header = PAGE + Number(at & BigInt(size - 1));
        const word = ring.getUint32(header, true);
        if (word >= 0x80000000) break;
        const length = word & 0x3fffffff;
        if (word < 0x40000000) records.push(new Uint8Array(ring.buffer, header + 8, length).slice());
        at += BigInt((length + 15) & ~7);
      }
      consumer.setBigUint64(0, at, true);
      return records;
    },
    close() {
      munmap(consumerAt, PAGE);
      munmap(producerAt, PAGE + 2 * size);
    },
  };
}
