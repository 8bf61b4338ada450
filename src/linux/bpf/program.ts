import { ERRNO } from '../../errors/errno.js';
import { encodeInsns, type Insn } from '../../isa/index.js';
import { Fd } from '../sys/fd.js';
import { cString, cText } from '../sys/layout.js';
import { bpf, tryBpf } from './call.js';

export interface RawProgram {
  /** `BPF_PROG_TYPE_*` */
  readonly type: number;
  readonly insns: readonly Insn[];
  readonly license: string;
  readonly name?: string;
  readonly expectedAttachType?: number;
  readonly flags?: number;
  readonly kernelVersion?: number;
  /** 0 none; bits 1, 2 and 4. */
  readonly logLevel?: number;
  readonly btf?: Fd;
  /** Records of 8 bytes. */
  readonly funcInfo?: Uint8Array;
  /** Records of 16 bytes. */
  readonly lineInfo?: Uint8Array;
  /** What `map_idx` immediates index. */
  readonly maps?: readonly Fd[];
  /** Of the function, tracepoint or iterator that it is for. */
  readonly attachBtfId?: number;
  /** The program whose function it replaces or traces, or the BTF of a module. */
  readonly attachTo?: Fd;
}

export type RawLoad =
  | { readonly ok: true; readonly program: Fd; readonly log: string }
  | { readonly ok: false; readonly errno: number; readonly log: string };

/** As libbpf. */
const LOAD_ATTEMPTS = 5;
const FIRST_LOG = 1 << 20;
const LARGEST_LOG = 1 << 26;

/** BPF_PROG_LOAD with its log, which grows until it fits (at most 64 MiB). */
export function progLoad(program: RawProgram): RawLoad {
  const insns = encodeInsns(program.insns);
  const maps = new Uint8Array(new Int32Array((program.maps ?? []).map((map) => map.fd)).buffer);
  let logSize = FIRST_LOG;
  for (let interrupted = 0; ; ) {
    const log = new Uint8Array(new ArrayBuffer(program.logLevel ? logSize : 0));
    const { result } = tryBpf('prog_load', {
      prog_type: program.type,
      insn_cnt: program.insns.length,
      insns,
      license: cString(program.license),
      log_level: program.logLevel ?? 0,
      log_size: log.length,
      log_buf: log,
      kern_version: program.kernelVersion ?? 0,
      prog_flags: program.flags ?? 0,
      prog_name: program.name ?? '',
      expected_attach_type: program.expectedAttachType ?? 0,
      prog_btf_fd: program.btf?.fd,
      ...(program.funcInfo === undefined
        ? {}
        : { func_info_rec_size: 8, func_info: program.funcInfo, func_info_cnt: program.funcInfo.length / 8 }),
      ...(program.lineInfo === undefined
        ? {}
        : {
            line_info_rec_size: 16,
            line_info: program.lineInfo,
            line_info_cnt: program.lineInfo.length / 16,
          }),
      attach_btf_id: program.attachBtfId ?? 0,
      attach_prog_fd: program.attachTo?.fd,
      fd_array: maps,
    });
    if (result === -ERRNO.ENOSPC && program.logLevel && logSize < LARGEST_LOG) {
      logSize *= 4;
      continue;
    }
    // A signal ends verification with EAGAIN; a profiler's signals would do so for ever.
    if (result === -ERRNO.EAGAIN && ++interrupted < LOAD_ATTEMPTS) continue;
    return result < 0
      ? { ok: false, errno: -result, log: cText(log) }
      : { ok: true, program: new Fd(result), log: cText(log) };
  }
}

export interface RawRun {
  readonly data?: Uint8Array;
  readonly ctx?: Uint8Array;
  readonly repeat?: number;
  /** The kernel writes the context back where it was, if at all: asked for it elsewhere it refuses. */
  readonly ctxInPlace?: boolean;
}
export interface RawRunResult {
  readonly returnValue: number;
  /** Mean nanoseconds per run, as the kernel rounds it. */
  readonly duration: number;
  readonly data: Uint8Array;
  readonly ctx: Uint8Array;
}

/** BPF_PROG_TEST_RUN. @throws {KernelError} */
export function progTestRun(program: Fd, run: RawRun): RawRunResult {
  const dataOut = new Uint8Array(new ArrayBuffer(run.data === undefined ? 0 : run.data.length + 4096));
  const given = run.ctx === undefined ? undefined : Uint8Array.from(run.ctx);
  const ctxOut = new Uint8Array(new ArrayBuffer(run.ctxInPlace === true ? 0 : (given?.length ?? 0)));
  const { out } = bpf('prog_test_run', {
    prog_fd: program.fd,
    data_size_in: run.data?.length,
    data_size_out: dataOut.length,
    data_in: run.data,
    data_out: dataOut,
    // Types that run once refuse a count, even of one.
    repeat: run.repeat ?? 0,
    ctx_size_in: given?.length,
    ctx_size_out: ctxOut.length,
    ctx_in: given,
    ctx_out: ctxOut,
  });
  return {
    returnValue: out.u32('retval'),
    duration: out.u32('duration'),
    data: dataOut.subarray(0, out.u32('data_size_out')),
    ctx: run.ctxInPlace === true ? (given ?? ctxOut) : ctxOut.subarray(0, out.u32('ctx_size_out')),
  };
}
