import { bpfError, tryBpf } from '../bpf/call.js';
import type { Fd } from '../sys/fd.js';

/** What a program prints with `bpf_stream_printk`, and what the kernel says of it: faults, deadlocks, timeouts. */
export type ProgramStream = 'stdout' | 'stderr';

const STREAM_IDS = { stdout: 1, stderr: 2 } as const;

/** BPF_PROG_STREAM_READ_BY_FD: takes out all that is there. Linux 6.17. @throws {KernelError} EINVAL on older kernels */
export function readStream(program: Fd, stream: ProgramStream): string {
  const chunk = new Uint8Array(new ArrayBuffer(1 << 16));
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { result } = tryBpf('prog_stream_read_by_fd', {
      prog_fd: program.fd,
      stream_id: STREAM_IDS[stream],
      stream_buf: chunk,
      stream_buf_len: chunk.length,
    });
    if (result < 0) throw bpfError('prog_stream_read_by_fd', result);
    if (result === 0) return text + decoder.decode();
    text += decoder.decode(chunk.subarray(0, result), { stream: true });
  }
}
