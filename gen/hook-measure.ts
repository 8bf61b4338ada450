// Asks the kernel of this machine what programs of a type may do, with one tiny program for each question.
import { mapCreate } from '../src/linux/bpf.js';
import { Attr } from '../src/linux/sys/attr.js';
import { bpfSyscall, closeFd } from '../src/linux/sys/syscall.js';

const PROG_LOAD = 5;
const PROG_TEST_RUN = 10;
const ENOTSUPP = 524;
const LOG_BYTES = 1 << 16;
const log = new Uint8Array(new ArrayBuffer(LOG_BYTES));

/** How a program type is loaded: besides its number, what `bpf_attr` must say. */
export interface Subject {
  /** `BPF_PROG_TYPE_*` */
  readonly type: number;
  /** `BPF_*` attach type that the program is loaded for. */
  readonly attach?: number;
  /** BTF id, in the kernel's BTF, of what the program is attached to. */
  readonly btfId?: number;
  /** BPF_F_*. */
  readonly flags?: number;
}

/** One instruction as its fields: opcode, destination, source, offset, immediate. */
export type Row = readonly [opcode: number, dst: number, src: number, off: number, imm: number];

export interface Answer {
  readonly ok: boolean;
  /** 0 when it loads. */
  readonly errno: number;
  readonly log: string;
}

/** Loads a program and closes it again. @param level Linux's log bits. */
export function ask(subject: Subject, rows: readonly Row[], level = 1): Answer {
  const result = open(subject, rows, level);
  if (result >= 0) closeFd(result);
  const text = level === 0 ? '' : new TextDecoder().decode(log.subarray(0, log.indexOf(0)));
  return { ok: result >= 0, errno: result < 0 ? -result : 0, log: text };
}

/** @returns a file descriptor, or minus errno. */
function open(subject: Subject, rows: readonly Row[], level: number): number {
  const insns = new Uint8Array(new ArrayBuffer(rows.length * 8));
  const view = new DataView(insns.buffer);
  rows.forEach(([opcode, dst, src, off, imm], index) => {
    insns[index * 8] = opcode;
    insns[index * 8 + 1] = dst | (src << 4);
    view.setInt16(index * 8 + 2, (off << 16) >> 16, true);
    view.setInt32(index * 8 + 4, imm, true);
  });
  log[0] = 0;
  const attr = new Attr(144)
    .u32(0, subject.type)
    .u32(4, rows.length)
    .pointer(8, insns)
    .pointer(16, new TextEncoder().encode('GPL\0'))
    .u32(24, level)
    .u32(28, level === 0 ? 0 : LOG_BYTES)
    .pointer(32, level === 0 ? undefined : log)
    .u32(44, subject.flags ?? 0)
    .u32(68, subject.attach ?? 0)
    .u32(108, subject.btfId ?? 0);
  return bpfSyscall(PROG_LOAD, attr.bytes);
}

const SIZE_CODE = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;
export type Width = keyof typeof SIZE_CODE;
export const WIDTHS = [1, 2, 4, 8] as const;

export const load = (dst: number, base: number, off: number, width: Width): Row => [
  0x61 | SIZE_CODE[width],
  dst,
  base,
  off,
  0,
];
export const store = (base: number, src: number, off: number, width: Width): Row => [
  0x63 | SIZE_CODE[width],
  base,
  src,
  off,
  0,
];
export const set = (dst: number, imm: number): Row => [0xb7, dst, 0, 0, imm];
export const move = (dst: number, src: number): Row => [0xbf, dst, src, 0, 0];
export const call = (helper: number): Row => [0x85, 0, 0, 0, helper];
export const EXIT: Row = [0x95, 0, 0, 0, 0];
/** Leaves with `result` when the register holds zero. */
export const leaveIfZero = (register: number, result: number): Row[] => [
  [0x55, register, 0, 2, 0],
  set(0, result),
  EXIT,
];

/** A struct that programs of some kind see: what r1 points to, at first or after a prelude. */
export interface Place extends Subject {
  /** A return value that the kernel takes. */
  readonly result: number;
  /** Makes r1 the pointer; none for the context. */
  readonly prelude?: readonly Row[];
}

/**
 * What a load of `width` bytes at `off` yields: a word of the verifier's log (`scalar`, `pkt`, `sock_or_null`, …), or
 * undefined when it is refused.
 */
export function reads(place: Place, off: number, width: Width): string | undefined {
  const rows = [...(place.prelude ?? []), load(2, 1, off, width), set(0, place.result), EXIT];
  const answer = ask(place, rows, 2);
  if (!answer.ok) return refused(answer);
  const words = [...answer.log.matchAll(/r2 = \*.*; R1(?:_w)?=.*? R2(?:_w)?=([A-Za-z_0-9]+)/g)];
  const word = words.at(-1)?.[1];
  if (word === undefined) throw new Error(`no value in ${answer.log}`);
  return /^\d/.test(word) ? 'scalar' : word;
}

/** Whether a store of `width` bytes at `off` is allowed. */
export function writes(place: Place, off: number, width: Width): boolean {
  const rows = [...(place.prelude ?? []), set(0, place.result), store(1, 0, off, width), EXIT];
  const answer = ask(place, rows);
  if (!answer.ok) refused(answer);
  return answer.ok;
}

/** The last: Linux 6.18 trips over the upper halves of 64-bit fields of bpf_tcp_sock, and refuses them so. */
const REFUSALS =
  /invalid .*access|only read is supported|access beyond|cannot write|doesn't support|must be|error during ctx access conversion/;

function refused({ errno, log: text }: Answer): undefined {
  if (!REFUSALS.test(text)) throw new Error(`errno ${errno} for another reason than the access: ${text}`);
  return undefined;
}

/** A return value that the kernel takes from programs of this kind, or undefined when it loads none. */
export function someResult(subject: Subject): number | undefined {
  return [0, 1, 2].find((value) => ask(subject, [set(0, value), EXIT], 0).ok);
}

/** The values that programs may return; undefined when all are allowed. */
export function returnRange(subject: Subject): readonly [min: number, max: number] | undefined {
  const answer = ask(subject, [call(KTIME_GET_NS), EXIT]);
  if (answer.ok) return undefined;
  const found = /should have been in \[(-?\d+), (-?\d+)\]/.exec(answer.log);
  if (found === null) throw new Error(`a return value is refused for another reason: ${answer.log}`);
  return [Number(found[1]), Number(found[2])];
}

/** A number that says nothing of itself. */
const KTIME_GET_NS = 5;
const TCP_SOCK = 96;
const MAP_LOOKUP_ELEM = 1;
const HASH = 1;

/** Offsets are tried one by one up to here; structs that go on are taken to be uniform, and their end is looked for. */
const SCAN_BYTES = 256;
/** No context is as long. */
const LONGEST = 1 << 16;

/** What may be accessed in a struct, as `StructAccess` writes it. */
export interface MeasuredAccess {
  readonly read: Record<string, string>;
  readonly write: Record<string, string>;
  readonly pointers: Record<number, string>;
}

/** Tries every aligned load and store, and some that are not aligned. */
export function measurePlace(place: Place): MeasuredAccess {
  const pointers: Record<number, string> = {};
  const kinds = (off: number, width: Width): boolean => {
    const kind = reads(place, off, width);
    if (kind !== undefined && kind !== 'scalar') pointers[off] = kind;
    return kind !== undefined;
  };
  const read: Record<string, string> = {};
  const write: Record<string, string> = {};
  for (const width of WIDTHS) {
    const loads = offsets(width, (off) => kinds(off, width));
    const stores = offsets(width, (off) => writes(place, off, width));
    if (loads !== '') read[width] = loads;
    if (stores !== '') write[width] = stores;
  }
  return { read, write, pointers };
}

/** The offsets at which something is allowed, as ranges of multiples of the width. */
function offsets(width: Width, allowed: (off: number) => boolean): string {
  const ranges: [number, number][] = [];
  for (let off = 0; off < SCAN_BYTES; off += width) {
    if (!allowed(off)) continue;
    if (width > 1 && allowed(off + 1))
      throw new Error(`an access of ${width} bytes at ${off + 1} is allowed`);
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === off - width) last[1] = off;
    else ranges.push([off, off]);
  }
  const last = ranges.at(-1);
  if (last?.[1] === SCAN_BYTES - width) last[1] = lastAllowed(width, last[1], allowed);
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(' ');
}

function lastAllowed(width: Width, from: number, allowed: (off: number) => boolean): number {
  let low = from / width;
  let high = LONGEST / 2 / width;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (allowed(middle * width)) low = middle;
    else high = middle;
  }
  return low * width;
}

/** The rules of a type beside its context. */
export function measureRules(subject: Subject, access: MeasuredAccess | undefined) {
  const result = someResult(subject) ?? 0;
  const sleepable =
    (subject.flags ?? 0) !== 0
      ? ('must' as const)
      : ask({ ...subject, flags: 16 }, [set(0, result), EXIT], 0).ok
        ? ('may' as const)
        : ('never' as const);
  return {
    ...packetRules({ ...subject, result }, access),
    legacyLoads: ask(subject, [move(6, 1), [0x30, 0, 0, 0, 0], set(0, result), EXIT], 0).ok,
    sleepable,
    testRun: testRuns(subject, result),
  };
}

function packetRules(place: Place, access: MeasuredAccess | undefined) {
  const at = (kind: string) =>
    Number(Object.entries(access?.pointers ?? {}).find(([, word]) => word === kind)?.[0]);
  const [data, end] = [at('pkt'), at('pkt_end')];
  if (Number.isNaN(data) || Number.isNaN(end)) return { packet: 'none' as const, packetToHelpers: false };
  const width = reads(place, data, 4) === undefined ? 8 : 4;
  const allowed = (rows: readonly Row[]): boolean => {
    const compared: Row[] = [
      load(6, 1, data, width),
      load(3, 1, end, width),
      move(4, 6),
      [0x07, 4, 0, 0, 8],
      [0xbd, 4, 3, 2, 0],
      set(0, place.result),
      EXIT,
    ];
    return ask(place, [...compared, ...rows, set(0, place.result), EXIT], 0).ok;
  };
  const mayWrite = allowed([set(2, 0), store(6, 2, 0, 1)]);
  const mayRead = allowed([load(2, 6, 0, 1)]);
  using map = mapCreate({ type: HASH, keySize: 4, valueSize: 4, maxEntries: 1 });
  const lookup: Row[] = [[0x18, 1, 1, 0, map.fd], [0, 0, 0, 0, 0], move(2, 6), call(MAP_LOOKUP_ELEM)];
  return {
    packet: mayWrite ? ('write' as const) : mayRead ? ('read' as const) : ('none' as const),
    packetToHelpers: allowed(lookup),
  };
}

function testRuns(subject: Subject, result: number): boolean {
  const fd = open(subject, [set(0, result), EXIT], 0);
  if (fd < 0) return false;
  const packet = new Uint8Array(new ArrayBuffer(64));
  const attr = new Attr(80).u32(0, fd).u32(8, packet.length).pointer(16, packet);
  const answer = bpfSyscall(PROG_TEST_RUN, attr.bytes);
  closeFd(fd);
  return answer !== -ENOTSUPP;
}

/** What programs see through the pointers that their contexts and helpers give them. */
export function places(): Record<string, Place> {
  const schedCls = { type: 3, result: 0 };
  const sock = [load(1, 1, 168, 8), ...leaveIfZero(1, 0)];
  return {
    sock: { type: 30, attach: 36, result: 1, prelude: [load(1, 1, 0, 8), ...leaveIfZero(1, 1)] },
    sock_common: { ...schedCls, prelude: sock },
    tcp_sock: { ...schedCls, prelude: [...sock, call(TCP_SOCK), ...leaveIfZero(0, 0), move(1, 0)] },
  };
}
