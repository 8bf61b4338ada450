import type { Hook } from '../hooks/index.js';

/** A record that a program sent during a run, by the name of the map that it went through. */
export interface Event {
  readonly map: string;
  readonly data: Uint8Array;
}

/** What one run of a program did. */
export interface Run {
  readonly program: string;
  /** bpftool's word. */
  readonly type: string;
  /** r0, its low 32 bits, signed. */
  readonly returnValue: number;
  /** The uapi header's name for it (`XDP_DROP`), where it has one. */
  readonly returnName: string | undefined;
  /** The packet before and after; empty without one. */
  readonly packetBefore: Uint8Array;
  readonly packet: Uint8Array;
  readonly ctx: Uint8Array;
  /** What the packet begins with. */
  readonly link: string;
  /** Records sent through ring buffers and perf event arrays, map by map, each in their order. */
  readonly events: readonly Event[];
  /** Lines printed with `bpf_printk`. */
  readonly trace: readonly string[];
}

/** Whether something is a `Run`, for matchers. */
export function isRun(value: unknown): value is Run {
  return typeof value === 'object' && value !== null && 'returnValue' in value && 'packetBefore' in value;
}

/** `XDP_DROP (1)`, or the number alone. */
export function returnText({ returnValue, returnName }: Pick<Run, 'returnValue' | 'returnName'>): string {
  return returnName === undefined ? String(returnValue) : `${returnName} (${returnValue})`;
}

/** The name of a program type's return value. */
export function returnNameOf(hook: Hook | undefined, value: number): string | undefined {
  return hook?.verdicts?.[value];
}
