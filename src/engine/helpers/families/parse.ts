import { ERRNO } from '../../../errors/errno.js';
import { formatTrace } from '../../../helpers/format.js';
import { failed, type HelperFamily, type HostContext, host, i32, i64, low32, status } from '../family.js';
import { readString, readWords } from '../guest.js';

/** Linux: MAX_BPRINTF_VARARGS, in bytes. */
const MOST_ARGS = 96;
/** Longest format that is looked at. */
const MOST_FORMAT = 4096;

export const parse: HelperFamily = {
  bindings: {
    bpf_strtol: status('strtol', i32, i32, i64, i32),
    bpf_strtoul: status('strtoul', i32, i32, i64, i32),
    bpf_snprintf: host('snprintf', 5),
  },
  host: ({ memory }: HostContext) => ({
    snprintf(to, room, format, args, argsSize) {
      const bytes = low32(argsSize);
      if (bytes & 7 || bytes > MOST_ARGS || (bytes > 0 && args === 0n)) return failed(ERRNO.EINVAL);
      const text = formatTrace(
        memory.read(Number(format), MOST_FORMAT),
        readWords(memory, Number(args), bytes / 8),
        (address) => readString(memory, address),
      );
      if (text === undefined) return failed(ERRNO.EINVAL);
      const printed = new TextEncoder().encode(text);
      const size = low32(room);
      if (size > 0) {
        const kept = printed.subarray(0, size - 1);
        memory.write(Number(to), kept);
        memory.write(Number(to) + kept.length, new Uint8Array(1));
      }
      return BigInt(printed.length + 1);
    },
  }),
};
