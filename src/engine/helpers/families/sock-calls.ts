import { ERRNO } from '../../../errors/errno.js';
import { hookByName } from '../../../hooks/registry.js';
import * as L from '../../runtime/layout.js';
import { isKnownOption, optionValue, setOption } from '../../world/calls/program-options.js';
import type { SimulatedSocket } from '../../world/sockets.js';
import {
  failed,
  type HelperFamily,
  type HelperUse,
  type HostContext,
  host,
  i32,
  low32,
  status,
} from '../family.js';

/** BPF_F_SYSCTL_BASE_NAME */
const BASE_NAME = 1n;
const PAGE = 4096;

/** Where the context has the address of its socket. */
const SOCK_OPS_SK = 184;
const SOCK_ADDR_SK = 64;
/** BPF_SOCK_OPS_ALL_CB_FLAGS */
const ALL_CALLBACKS = 0x7f;

/** `NAME_ops`, `NAME_addr` or `NAME_sock`, by what the context is. */
function onSocket(name: string, args: number) {
  return ({ programType }: HelperUse) => {
    const struct = hookByName(programType ?? '')?.ctx.struct;
    const kind = struct === 'bpf_sock_ops' ? 'ops' : struct === 'bpf_sock_addr' ? 'addr' : 'sock';
    return host(`${name}_${kind}`, args);
  };
}

export const sockCalls: HelperFamily = {
  bindings: {
    bpf_get_retval: status('get_retval'),
    bpf_set_retval: status('set_retval', i32),
    bpf_setsockopt: onSocket('setsockopt', 5),
    bpf_getsockopt: onSocket('getsockopt', 5),
    bpf_sock_ops_cb_flags_set: host('sock_ops_cb_flags_set', 2),
    bpf_bind: host('bind', 3),
    bpf_sysctl_get_name: host('sysctl_get_name', 4),
    bpf_sysctl_get_current_value: host('sysctl_get_current_value', 3),
    bpf_sysctl_get_new_value: host('sysctl_get_new_value', 3),
    bpf_sysctl_set_new_value: host('sysctl_set_new_value', 3),
  },
  host({ memory, world }: HostContext) {
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
    const socketIn = (ctx: bigint | undefined, offset: number): SimulatedSocket | undefined =>
      world.net.socketAt(field(ctx, offset));
    /** The context is the socket, or a pointer to the kernel's. */
    const itself = (ctx: bigint | undefined): SimulatedSocket | undefined => world.net.socketAt(Number(ctx));
    const set = (socket: SimulatedSocket | undefined, rest: readonly (bigint | undefined)[]): bigint => {
      const [level, option, from, size] = rest;
      if (socket === undefined || !isKnownOption(low32(level), low32(option))) return failed(ERRNO.EINVAL);
      setOption(memory, socket, low32(level), low32(option), memory.read(Number(from), low32(size)));
      return 0n;
    };
    const get = (socket: SimulatedSocket | undefined, rest: readonly (bigint | undefined)[]): bigint => {
      const [level, option, to, size] = rest;
      const room = new Uint8Array(low32(size));
      const known = socket !== undefined && isKnownOption(low32(level), low32(option));
      if (known) room.set(optionValue(socket, low32(level), low32(option)).subarray(0, room.length));
      memory.write(Number(to), room);
      return known ? 0n : failed(ERRNO.EINVAL);
    };
    return {
      setsockopt_ops: (ctx, ...rest) => set(socketIn(ctx, SOCK_OPS_SK), rest),
      setsockopt_addr: (ctx, ...rest) => set(socketIn(ctx, SOCK_ADDR_SK), rest),
      setsockopt_sock: (ctx, ...rest) => set(itself(ctx), rest),
      getsockopt_ops: (ctx, ...rest) => get(socketIn(ctx, SOCK_OPS_SK), rest),
      getsockopt_addr: (ctx, ...rest) => get(socketIn(ctx, SOCK_ADDR_SK), rest),
      getsockopt_sock: (ctx, ...rest) => get(itself(ctx), rest),
      sock_ops_cb_flags_set(ctx, flags) {
        const socket = socketIn(ctx, SOCK_OPS_SK);
        if (socket === undefined) return failed(ERRNO.EINVAL);
        socket.callbacks = low32(flags) & ALL_CALLBACKS;
        return BigInt(low32(flags) & ~ALL_CALLBACKS);
      },
      bind(ctx, address, size) {
        const socket = socketIn(ctx, SOCK_ADDR_SK);
        const wide = low32(size) >= 28;
        const port = memory.view.getUint16(Number(address) + 2, false);
        if (socket === undefined || port !== 0) return failed(ERRNO.EINVAL);
        const ip = memory.read(Number(address) + (wide ? 8 : 4), wide ? 16 : 4);
        if (!socket.namespace.isOwn(ip)) return failed(ERRNO.EADDRNOTAVAIL);
        socket.local = { ip, port: socket.local.port };
        return 0n;
      },
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
