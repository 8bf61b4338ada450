import { ERRNO, type ErrnoName, KernelError } from '../errors/errno.js';
import { encodeInsns, type Insn } from '../isa/index.js';
import { Attr } from './sys/attr.js';
import { bpfSyscall, closeFd } from './sys/syscall.js';

/** Commands of bpf(2): `enum bpf_cmd`. */
const CMD = {
  MAP_CREATE: 0,
  MAP_LOOKUP_ELEM: 1,
  MAP_UPDATE_ELEM: 2,
  MAP_DELETE_ELEM: 3,
  MAP_GET_NEXT_KEY: 4,
  PROG_LOAD: 5,
  PROG_TEST_RUN: 10,
  OBJ_GET_INFO_BY_FD: 15,
  BTF_LOAD: 18,
  MAP_LOOKUP_AND_DELETE_ELEM: 21,
  MAP_FREEZE: 22,
} as const;

const NAME_BY_NUMBER = new Map<number, ErrnoName>(
  Object.entries(ERRNO).map(([name, number]) => [number, name as ErrnoName]),
);

/** The typed error of a failed bpf(2) call, from minus errno. */
export function bpfError(what: string, result: number): KernelError {
  const errno = NAME_BY_NUMBER.get(-result) ?? 'EINVAL';
  return new KernelError(errno, `${what}: ${errno}`, {
    facts: { errno: -result },
    ...(errno === 'EPERM' ? { hint: 'run as root or with CAP_BPF, or use the engine: --kernel engine' } : {}),
  });
}

/** A file descriptor of a BPF object. Closed by `using` or `close()`. */
export class BpfFd {
  readonly fd: number;
  #open = true;

  constructor(fd: number) {
    this.fd = fd;
  }

  close(): void {
    if (this.#open) closeFd(this.fd);
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

export interface RawMapShape {
  /** `BPF_MAP_TYPE_*` */
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags?: number;
  readonly name?: string;
  readonly inner?: BpfFd;
  readonly mapExtra?: bigint;
  /** The types of its keys and values: `btf` holds them. */
  readonly types?: { readonly btf: BpfFd; readonly key: number; readonly value: number };
}

/** BPF_MAP_CREATE. @throws {KernelError} */
export function mapCreate(shape: RawMapShape): BpfFd {
  const attr = new Attr(80)
    .u32(0, shape.type)
    .u32(4, shape.keySize)
    .u32(8, shape.valueSize)
    .u32(12, shape.maxEntries)
    .u32(16, shape.flags ?? 0)
    .u32(20, shape.inner?.fd ?? 0)
    .name(28, shape.name ?? '')
    .u32(48, shape.types?.btf.fd ?? 0)
    .u32(52, shape.types?.key ?? 0)
    .u32(56, shape.types?.value ?? 0)
    .u64(64, shape.mapExtra ?? 0n);
  const result = bpfSyscall(CMD.MAP_CREATE, attr.bytes);
  if (result < 0) throw bpfError('BPF_MAP_CREATE', result);
  return new BpfFd(result);
}

function element(
  command: number,
  map: BpfFd,
  key: Uint8Array | undefined,
  value: Uint8Array,
  flags = 0,
): number {
  const attr = new Attr(32).u32(0, map.fd).pointer(8, key).pointer(16, value).u64(24, flags);
  return bpfSyscall(command, attr.bytes);
}

/** BPF_MAP_LOOKUP_ELEM: `size` bytes, or undefined when the key is absent. @throws {KernelError} */
export function mapLookup(map: BpfFd, key: Uint8Array, size: number): Uint8Array | undefined {
  const value = new Uint8Array(new ArrayBuffer(size));
  const result = element(CMD.MAP_LOOKUP_ELEM, map, key, value);
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('BPF_MAP_LOOKUP_ELEM', result);
  return value;
}

/** BPF_MAP_LOOKUP_AND_DELETE_ELEM: as `mapLookup`. @throws {KernelError} */
export function mapLookupAndDelete(map: BpfFd, key: Uint8Array, size: number): Uint8Array | undefined {
  const value = new Uint8Array(new ArrayBuffer(size));
  const result = element(CMD.MAP_LOOKUP_AND_DELETE_ELEM, map, key, value);
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('BPF_MAP_LOOKUP_AND_DELETE_ELEM', result);
  return value;
}

/** Asks a bloom filter for a value. @throws {KernelError} */
export function mapAsk(map: BpfFd, value: Uint8Array): boolean {
  const result = element(CMD.MAP_LOOKUP_ELEM, map, undefined, value);
  if (result < 0 && result !== -ERRNO.ENOENT) throw bpfError('BPF_MAP_LOOKUP_ELEM', result);
  return result >= 0;
}

/** BPF_MAP_UPDATE_ELEM. @throws {KernelError} */
export function mapUpdate(map: BpfFd, key: Uint8Array, value: Uint8Array, flags = 0): void {
  const result = element(CMD.MAP_UPDATE_ELEM, map, key, value, flags);
  if (result < 0) throw bpfError('BPF_MAP_UPDATE_ELEM', result);
}

/** BPF_MAP_DELETE_ELEM. @throws {KernelError} */
export function mapDelete(map: BpfFd, key: Uint8Array): void {
  const result = element(CMD.MAP_DELETE_ELEM, map, key, new Uint8Array(0));
  if (result < 0) throw bpfError('BPF_MAP_DELETE_ELEM', result);
}

/** BPF_MAP_GET_NEXT_KEY: undefined after the last. @throws {KernelError} */
export function mapNextKey(map: BpfFd, key: Uint8Array | undefined, keySize: number): Uint8Array | undefined {
  const next = new Uint8Array(new ArrayBuffer(keySize));
  const result = element(CMD.MAP_GET_NEXT_KEY, map, key, next);
  if (result === -ERRNO.ENOENT) return undefined;
  if (result < 0) throw bpfError('BPF_MAP_GET_NEXT_KEY', result);
  return next;
}

/** BPF_MAP_FREEZE. @throws {KernelError} */
export function mapFreeze(map: BpfFd): void {
  const result = bpfSyscall(CMD.MAP_FREEZE, new Attr(4).u32(0, map.fd).bytes);
  if (result < 0) throw bpfError('BPF_MAP_FREEZE', result);
}

/** BPF_BTF_LOAD. @throws {KernelError} */
export function btfLoad(btf: Uint8Array): BpfFd {
  const log = new Uint8Array(new ArrayBuffer(65536));
  const attr = new Attr(40)
    .pointer(0, btf)
    .pointer(8, log)
    .u32(16, btf.length)
    .u32(20, log.length)
    .u32(24, 1);
  const result = bpfSyscall(CMD.BTF_LOAD, attr.bytes);
  if (result < 0) throw new KernelError('EINVAL', `BPF_BTF_LOAD: ${text(log)}`);
  return new BpfFd(result);
}

export interface RawProgram {
  /** `BPF_PROG_TYPE_*` */
  readonly type: number;
  readonly insns: readonly Insn[];
  readonly license: string;
  readonly name?: string;
  readonly expectedAttachType?: number;
  readonly flags?: number;
  /** 0 none; bits 1, 2 and 4. */
  readonly logLevel?: number;
  readonly btf?: BpfFd;
  readonly funcInfo?: Uint8Array;
  readonly lineInfo?: Uint8Array;
  /** What it is attached to: a type of the kernel's BTF. */
  readonly attachBtfId?: number;
  /** What `map_idx` immediates index. */
  readonly maps?: readonly BpfFd[];
}

export type RawLoad =
  | { readonly ok: true; readonly program: BpfFd; readonly log: string }
  | { readonly ok: false; readonly errno: number; readonly log: string };

/** As libbpf. */
const LOAD_ATTEMPTS = 5;

/** BPF_PROG_LOAD with its log, which grows until it fits (at most 64 MiB). */
export function progLoad(program: RawProgram): RawLoad {
  const insns = encodeInsns(program.insns);
  const fds = new Uint8Array(new Int32Array((program.maps ?? []).map((map) => map.fd)).buffer);
  let logSize = 1 << 20;
  for (let interrupted = 0; ; ) {
    const log = new Uint8Array(new ArrayBuffer(program.logLevel ? logSize : 0));
    const attr = new Attr(144)
      .u32(0, program.type)
      .u32(4, program.insns.length)
      .pointer(8, insns)
      .pointer(16, cString(program.license))
      .u32(24, program.logLevel ?? 0)
      .u32(28, log.length)
      .pointer(32, log)
      .u32(44, program.flags ?? 0)
      .name(48, program.name ?? '')
      .u32(68, program.expectedAttachType ?? 0)
      .u32(72, program.btf?.fd ?? 0)
      .u32(76, 8)
      .pointer(80, program.funcInfo)
      .u32(88, (program.funcInfo?.length ?? 0) / 8)
      .u32(92, 16)
      .pointer(96, program.lineInfo)
      .u32(104, (program.lineInfo?.length ?? 0) / 16)
      .u32(108, program.attachBtfId ?? 0)
      .pointer(120, fds);
    const result = bpfSyscall(CMD.PROG_LOAD, attr.bytes);
    if (result === -ERRNO.ENOSPC && logSize < 1 << 26) {
      logSize *= 4;
      continue;
    }
    // A signal ends verification with EAGAIN; a profiler's signals would do so for ever.
    if (result === -ERRNO.EAGAIN && ++interrupted < LOAD_ATTEMPTS) continue;
    return result < 0
      ? { ok: false, errno: -result, log: text(log) }
      : { ok: true, program: new BpfFd(result), log: text(log) };
  }
}

export interface RawRun {
  readonly data?: Uint8Array;
  readonly ctx?: Uint8Array;
  readonly repeat?: number;
}
export interface RawRunResult {
  readonly returnValue: number;
  /** Mean nanoseconds per run, as the kernel rounds it. */
  readonly duration: number;
  readonly data: Uint8Array;
  readonly ctx: Uint8Array;
}

/** BPF_PROG_TEST_RUN. @throws {KernelError} */
export function progTestRun(program: BpfFd, run: RawRun): RawRunResult {
  const dataOut = new Uint8Array(new ArrayBuffer(run.data === undefined ? 0 : run.data.length + 4096));
  const ctxOut = new Uint8Array(new ArrayBuffer(run.ctx?.length ?? 0));
  const attr = new Attr(80)
    .u32(0, program.fd)
    .u32(8, run.data?.length ?? 0)
    .u32(12, dataOut.length)
    .pointer(16, run.data)
    .pointer(24, dataOut)
    .u32(32, run.repeat ?? 1)
    .u32(40, run.ctx?.length ?? 0)
    .u32(44, ctxOut.length)
    .pointer(48, run.ctx)
    .pointer(56, ctxOut);
  const result = bpfSyscall(CMD.PROG_TEST_RUN, attr.bytes);
  if (result < 0) throw bpfError('BPF_PROG_TEST_RUN', result);
  return {
    returnValue: attr.readU32(4),
    duration: attr.readU32(36),
    data: dataOut.subarray(0, attr.readU32(12)),
    ctx: ctxOut.subarray(0, attr.readU32(44)),
  };
}

/** BPF_OBJ_GET_INFO_BY_FD: the first `size` bytes of the object's info struct. @throws {KernelError} */
export function objectInfo(object: BpfFd, size: number): Uint8Array {
  const info = new Uint8Array(new ArrayBuffer(size));
  const attr = new Attr(16).u32(0, object.fd).u32(4, size).pointer(8, info);
  const result = bpfSyscall(CMD.OBJ_GET_INFO_BY_FD, attr.bytes);
  if (result < 0) throw bpfError('BPF_OBJ_GET_INFO_BY_FD', result);
  return info;
}

/** Whether this process may call bpf(2), and if not, why: what a test prints when it skips. */
export function bpfAvailability(): { readonly available: boolean; readonly reason: string } {
  try {
    mapCreate({ type: 2, keySize: 4, valueSize: 4, maxEntries: 1 }).close();
    return { available: true, reason: '' };
  } catch (error) {
    return { available: false, reason: (error as Error).message };
  }
}

function cString(value: string): Uint8Array {
  return new TextEncoder().encode(`${value}\0`);
}

function text(log: Uint8Array): string {
  const end = log.indexOf(0);
  return new TextDecoder().decode(end < 0 ? log : log.subarray(0, end));
}
