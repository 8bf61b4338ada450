import { readdirSync } from 'node:fs';
import { ERRNO } from '../errors/errno.js';
import { bpfError, tryBpf } from './bpf/call.js';
import { cText } from './sys/layout.js';

/** A program that a process has on a perf event, by a descriptor of its own. */
export interface PerfProgram {
  readonly pid: number;
  readonly fd: number;
  readonly programId: number;
  readonly kind: (typeof KINDS)[number];
  /** The tracepoint or function, or the file of a uprobe; '' when the kernel tells an address instead. */
  readonly name: string;
  readonly offset: bigint;
  readonly address: bigint;
}

/** `enum bpf_task_fd_type` */
const KINDS = ['raw_tracepoint', 'tracepoint', 'kprobe', 'kretprobe', 'uprobe', 'uretprobe'] as const;

/** Asks about every descriptor of every process that this one may look into. @throws {KernelError} EPERM */
export function perfPrograms(): PerfProgram[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => descriptors(pid).flatMap((fd) => asked(Number(pid), fd) ?? []));
}

function descriptors(pid: string): number[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(Number);
  } catch {
    // It ended, or is another user's.
    return [];
  }
}

function asked(pid: number, fd: number): PerfProgram | undefined {
  const buffer = new Uint8Array(new ArrayBuffer(256));
  const { result, out } = tryBpf('task_fd_query', { pid, fd, buf: buffer, buf_len: buffer.length });
  if (result === -ERRNO.EPERM) throw bpfError('task_fd_query', result, ['CAP_SYS_ADMIN']);
  const kind = result < 0 ? undefined : KINDS[out.u32('fd_type')];
  if (kind === undefined) return undefined;
  return {
    pid,
    fd,
    programId: out.u32('prog_id'),
    kind,
    name: cText(buffer),
    offset: out.u64('probe_offset'),
    address: out.u64('probe_addr'),
  };
}
