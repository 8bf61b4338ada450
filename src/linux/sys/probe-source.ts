import { existsSync, readFileSync } from 'node:fs';

/** A source of perf events at functions: its type number and how it marks returns. */
export interface ProbeSource {
  readonly type: number;
  readonly returnBit: bigint;
}

/** Undefined when the kernel has none (before 4.17, or built without). */
export function probeSource(kind: 'kprobe' | 'uprobe'): ProbeSource | undefined {
  const folder = `/sys/bus/event_source/devices/${kind}`;
  if (!existsSync(`${folder}/type`)) return undefined;
  const bit = /config:(\d+)/.exec(readFileSync(`${folder}/format/retprobe`, 'utf8'))?.[1] ?? '0';
  return { type: Number(readFileSync(`${folder}/type`, 'utf8')), returnBit: 1n << BigInt(bit) };
}
