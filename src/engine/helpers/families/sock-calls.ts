import { ERRNO } from '../../../errors/errno.js';
import * as L from '../../runtime/layout.js';
import { failed, type HelperFamily, type HostContext, host, i32, low32, status } from '../family.js';

/** BPF_F_SYSCTL_BASE_NAME */
const BASE_NAME = 1n;
const PAGE = 4096;

export const sockCalls: HelperFamily = {
  bindings: {
    bpf_get_retval: status('get_retval'),
    bpf_set_retval: status('set_retval', i32),
    bpf_sysctl_get_name: host('sysctl_get_name', 4),
    bpf_sysctl_get_current_value: host('sysctl_get_current_value', 3),
    bpf_sysctl_get_new_value: host('sysctl_get_new_value', 3),
    bpf_sysctl_set_new_value: host('sysctl_set_new_value', 3),
  },
  host({ memory }: HostContext) {
    const field = (ctx: bigint | undefined, offset: number) => memory.u32(Number(ctx) + offset);
    /** Bytes, cut to the room there is and always ended by a zero; the rest becomes zeros. */
    const copy = (to: bigint | undefined, room: number, bytes: Uint8Array): bigint => {
      const out = new Uint8Array(room);
      out.set(bytes.subarray(0, Math.max(room - 1, 0)));
      memory.write(Number(to), out);
      return room > bytes.length ? BigInt(bytes.length) : failed(ERRNO.E2BIG);
    };
    const value = (at: number, size: number): Uint8Array =>
      at === 0 ? new Uint8Array(0) : memory.read(at, size);
    const copyValue = (to: bigint | undefined, room: number, bytes: Uint8Array): bigint => {
      if (bytes.length > 0) return copy(to, room, bytes);
      memory.write(Number(to), new Uint8Array(room));
      return failed(ERRNO.EINVAL);
    };
    return {
      sysctl_get_name(ctx, to, room, flags = 0n) {
        if ((flags & ~BASE_NAME) !== 0n) return failed(ERRNO.EINVAL);
        const at = field(ctx, L.SYSCTL_NAME);
        const bytes = at === 0 ? new Uint8Array(0) : memory.read(at, memory.bytes.indexOf(0, at) - at);
        const start = flags === 0n ? 0 : bytes.lastIndexOf('/'.charCodeAt(0)) + 1;
        return copy(to, low32(room), bytes.subarray(start));
      },
      sysctl_get_current_value: (ctx, to, room) =>
        copyValue(to, low32(room), value(field(ctx, L.SYSCTL_CURRENT), field(ctx, L.SYSCTL_CURRENT_SIZE))),
      sysctl_get_new_value: (ctx, to, room) =>
        copyValue(to, low32(room), value(field(ctx, L.SYSCTL_FRESH), field(ctx, L.SYSCTL_FRESH_SIZE))),
      sysctl_set_new_value(ctx, from, size) {
        const at = field(ctx, L.SYSCTL_FRESH);
        const bytes = low32(size);
        if (at === 0 || field(ctx, L.SYSCTL_FRESH_SIZE) === 0 || bytes === 0) return failed(ERRNO.EINVAL);
        if (bytes > PAGE - 1) return failed(ERRNO.E2BIG);
        memory.write(at, memory.read(Number(from), bytes));
        memory.setU32(Number(ctx) + L.SYSCTL_FRESH_SIZE, bytes);
        return 0n;
      },
    };
  },
};
