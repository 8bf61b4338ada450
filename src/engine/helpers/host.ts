import { ERRNO } from '../../errors/errno.js';
import type { HostFunction } from '../abi.js';
import type { EngineMemory } from '../memory.js';
import { formatTrace } from './format.js';

/** Helpers written in TypeScript, by the name in their binding. Arguments are unsigned 64-bit. */
export type HostHelpers = Readonly<Record<string, HostFunction>>;

/** Seconds by which International Atomic Time is ahead of UTC since 2017. */
const TAI_OFFSET = 37n;
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

/** The host helpers of one CPU. Printed lines go to `trace`. */
export function createHostHelpers(memory: EngineMemory, trace: TraceLog): HostHelpers {
  const print = (formatAt: bigint, size: bigint, args: readonly bigint[]): bigint => {
    const text = formatTrace(memory.read(Number(formatAt), Number(size & 0xffffffffn)), args, (address) =>
      readString(memory, address),
    );
    if (text === undefined) return BigInt(-ERRNO.EINVAL);
    trace.add(text.endsWith('\n') ? text.slice(0, -1) : text);
    return BigInt(text.length);
  };
  return {
    trace_printk: (format, size, ...args) => print(format!, size!, args),
    trace_vprintk(format, size, data, dataSize) {
      const bytes = Number(dataSize! & 0xffffffffn);
      if (bytes & 7 || bytes > 96) return BigInt(-ERRNO.EINVAL);
      const view = memory.view;
      const args = Array.from({ length: bytes / 8 }, (_, i) =>
        view.getBigUint64(Number(data!) + i * 8, true),
      );
      return print(format!, size!, args);
    },
    // Where the clock is pinned, the machine was booted when Unix time began.
    ktime_get_tai_ns: () =>
      (memory.pinnedClock ?? BigInt(Date.now()) * 1_000_000n) + TAI_OFFSET * 1_000_000_000n,
  };
}

/** A zero-terminated string at an address that need not be valid. */
function readString(memory: EngineMemory, address: bigint): Uint8Array | undefined {
  const bytes = memory.bytes;
  if (address < 65536n || address >= BigInt(bytes.length)) return undefined;
  const start = Number(address);
  const end = bytes.indexOf(0, start);
  return memory.read(start, Math.min((end < 0 ? bytes.length : end) - start, 1024));
}
