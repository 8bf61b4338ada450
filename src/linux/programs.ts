import { nameOf, typeAt } from '../btf/index.js';
import { programTypeById } from '../hooks/index.js';
import { decodeInsns } from '../isa/index.js';
import type { Program, ProgramInfo, RunInput, RunResult } from '../kernel/kernel.js';
import type { LineInfo, SubprogramSpec } from '../object/spec.js';
import { INFO } from './bpf/info-layouts.js';
import { infoOf } from './bpf/object.js';
import { progTestRun } from './bpf/program.js';
import type { BtfStore, BtfText } from './btf-store.js';
import { symbolAddress, symbolAt } from './probe/kallsyms.js';
import { bootTime } from './sys/boot-time.js';
import type { Fd } from './sys/fd.js';
import { fdFacts } from './sys/fdinfo.js';
import { fill } from './sys/layout.js';

/** Types that a test run runs once, on the caller's own context. */
const RUN_ONCE: ReadonlySet<string> = new Set(['raw_tracepoint', 'raw_tracepoint_writable', 'syscall']);

/** A program of the running kernel: one descriptor. */
export class LinuxProgram implements Program {
  readonly kind = 'program';
  readonly id: number;
  readonly fd: Fd;
  readonly typeName: string;
  readonly #types: BtfStore;

  constructor(fd: Fd, types: BtfStore) {
    this.fd = fd;
    this.#types = types;
    const info = infoOf('prog', fd);
    this.id = info.u32('id');
    const type = info.u32('type');
    this.typeName = programTypeById(type)?.name ?? String(type);
  }

  async info(): Promise<ProgramInfo> {
    const counts = infoOf('prog', this.fd);
    const mapIds = new Uint32Array(counts.u32('nr_map_ids'));
    const asked = fill(INFO.prog, { nr_map_ids: mapIds.length, map_ids: new Uint8Array(mapIds.buffer) });
    const info = infoOf('prog', this.fd, asked.bytes);
    const name = info.name('name');
    const { memlock } = fdFacts(this.fd);
    const btfId = info.u32('btf_id');
    return {
      id: this.id,
      name,
      type: this.typeName,
      tag: Array.from(info.bytes.subarray(8, 16), (byte) => byte.toString(16).padStart(2, '0')).join(''),
      gplCompatible: (info.u32('gpl_compatible') & 1) === 1,
      loadedAt: bootTime() + Number(info.u64('load_time') / 1_000_000n),
      uid: info.u32('created_by_uid'),
      bytesXlated: info.u32('xlated_prog_len'),
      jited: info.u32('jited_prog_len') > 0,
      bytesJited: info.u32('jited_prog_len'),
      ...(memlock === undefined ? {} : { memlock }),
      mapIds: [...mapIds],
      ...(btfId === 0 ? {} : { btfId }),
      runs: Number(info.u64('run_cnt')),
      runNanoseconds: Number(info.u64('run_time_ns')),
    };
  }

  async xlated(): ReturnType<Program['xlated']> {
    const sizes = infoOf('prog', this.fd);
    const insns = new Uint8Array(new ArrayBuffer(sizes.u32('xlated_prog_len')));
    const lines = new Uint8Array(new ArrayBuffer(sizes.u32('nr_line_info') * LINE_BYTES));
    const functions = new Uint8Array(new ArrayBuffer(sizes.u32('nr_func_info') * FUNCTION_BYTES));
    const asked = fill(INFO.prog, {
      xlated_prog_len: insns.length,
      xlated_prog_insns: insns,
      nr_line_info: lines.length / LINE_BYTES,
      line_info: lines,
      line_info_rec_size: LINE_BYTES,
      nr_func_info: functions.length / FUNCTION_BYTES,
      func_info: functions,
      func_info_rec_size: FUNCTION_BYTES,
    });
    const info = infoOf('prog', this.fd, asked.bytes);
    const text = this.#types.byId(info.u32('btf_id'));
    return {
      insns: decodeInsns(insns),
      lines: text === undefined ? [] : readLines(lines, text),
      subprograms: text === undefined ? [] : readFunctions(functions, text),
      btf: text?.btf,
      callName,
    };
  }

  async run(input: RunInput): Promise<RunResult> {
    const once = RUN_ONCE.has(this.typeName);
    const repeat = input.repeat ?? (once ? 0 : 1);
    return progTestRun(this.fd, { ...input, repeat, ctxInPlace: once });
  }

  async close(): Promise<void> {
    this.fd.close();
  }
}

/** Calls of helpers are kept as the distance of the function from `__bpf_call_base`. */
function callName(imm: number): string | undefined {
  const base = symbolAddress('__bpf_call_base');
  return base === undefined ? undefined : symbolAt(BigInt.asUintN(64, base + BigInt(imm)));
}

/** struct bpf_line_info and bpf_func_info. */
const LINE_BYTES = 16;
const FUNCTION_BYTES = 8;

function readLines(records: Uint8Array, { string }: BtfText): LineInfo[] {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  return Array.from({ length: records.length / LINE_BYTES }, (_, index): LineInfo => {
    const at = index * LINE_BYTES;
    const place = view.getUint32(at + 12, true);
    return {
      insn: view.getUint32(at, true),
      file: string(view.getUint32(at + 4, true)),
      text: string(view.getUint32(at + 8, true)),
      line: place >>> 10,
      column: place & 1023,
    };
  });
}

function readFunctions(records: Uint8Array, { btf }: BtfText): SubprogramSpec[] {
  const view = new DataView(records.buffer, records.byteOffset, records.length);
  return Array.from({ length: records.length / FUNCTION_BYTES }, (_, index): SubprogramSpec => {
    const funcType = view.getUint32(index * FUNCTION_BYTES + 4, true);
    const type = typeAt(btf, funcType);
    return {
      name: nameOf(type),
      start: view.getUint32(index * FUNCTION_BYTES, true),
      funcType,
      linkage: type.kind === 'func' && type.linkage === 'global' ? 'global' : 'static',
    };
  });
}
