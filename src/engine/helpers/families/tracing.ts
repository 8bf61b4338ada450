import { ERRNO } from '../../../errors/errno.js';
import { formatTrace } from '../../../helpers/format.js';
import {
  contextOf,
  failed,
  type HelperFamily,
  type HostContext,
  host,
  i32,
  i64,
  low32,
  status,
} from '../family.js';
import { readString, readWords } from '../guest.js';

const PERF_OUTPUT = { xdp: 'xdp_event_output', skb: 'skb_event_output', other: 'perf_event_output' };
const PROBE = status('probe_read', i32, i32, i64);
const PROBE_STRING = status('probe_read_str', i32, i32, i64);
/** Linux: MAX_BPRINTF_VARARGS, in bytes. */
const MOST_ARGS = 96;

export const tracing: HelperFamily = {
  bindings: {
    bpf_trace_printk: host('trace_printk', 5),
    bpf_trace_vprintk: host('trace_vprintk', 4),
    bpf_perf_event_output: (use) => status(PERF_OUTPUT[contextOf(use)], i32, i32, i64, i32, i32),
    bpf_probe_read: PROBE,
    bpf_probe_read_user: PROBE,
    bpf_probe_read_kernel: status('probe_read_kernel', i32, i32, i64),
    bpf_probe_read_str: PROBE_STRING,
    bpf_probe_read_user_str: PROBE_STRING,
    bpf_probe_read_kernel_str: status('probe_read_kernel_str', i32, i32, i64),
  },
  host: ({ memory, trace }: HostContext) => {
    const print = (formatAt: bigint, size: bigint, args: readonly bigint[]): bigint => {
      const text = formatTrace(memory.read(Number(formatAt), low32(size)), args, (address) =>
        readString(memory, address),
      );
      if (text === undefined) return failed(ERRNO.EINVAL);
      trace.add(text.endsWith('\n') ? text.slice(0, -1) : text);
      return BigInt(text.length);
    };
    return {
      trace_printk: (format, size, ...args) => print(format!, size!, args),
      trace_vprintk(format, size, data, dataSize) {
        const bytes = low32(dataSize);
        if (bytes & 7 || bytes > MOST_ARGS) return failed(ERRNO.EINVAL);
        return print(format!, size!, readWords(memory, Number(data), bytes / 8));
      },
    };
  },
};
