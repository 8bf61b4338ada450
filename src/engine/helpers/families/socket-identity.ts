import { HOOKS, hookByName } from '../../../hooks/registry.js';
import { SOCK_CGROUP } from '../../runtime/layout.js';
import { type HelperFamily, type HelperUse, host, i32, i64, low32, runtime } from '../family.js';

/** Where the context of a program type has the address of its socket; 'self' when the context is the socket. */
function socketPlace(programType: string | undefined): number | 'self' | undefined {
  const ctx = programType === undefined ? undefined : hookByName(programType)?.ctx;
  if (ctx?.struct === 'bpf_sock') return 'self';
  if (ctx === undefined || typeof ctx.fields === 'string') return undefined;
  return ctx.fields.find(({ name, size }) => name === 'sk' && size === 8)?.offset;
}

const PLACES = new Set(HOOKS.map(({ name }) => socketPlace(name)));
/** Program types that hand the socket over instead of a context. */
const BY_SOCKET = new Set(['sk_reuseport', 'tracing', 'lsm', 'syscall']);

function cookie({ programType }: HelperUse) {
  const place = socketPlace(programType);
  if (BY_SOCKET.has(programType ?? '')) return host('socket_cookie_of', 1);
  if (place === 'self') return runtime('sock_cookie', [i32], i64);
  return place === undefined ? runtime('skb_socket_cookie', [i32], i64) : host(`socket_cookie_${place}`, 1);
}

function netns({ programType }: HelperUse) {
  const place = socketPlace(programType);
  if (place === 'self') return runtime('sock_netns_cookie', [i32], i64);
  return place === undefined ? runtime('first_netns_cookie', [i32], i64) : host(`netns_cookie_${place}`, 1);
}

export const socketIdentity: HelperFamily = {
  bindings: {
    bpf_get_socket_cookie: cookie,
    bpf_get_netns_cookie: netns,
    bpf_get_socket_uid: runtime('skb_socket_uid', [i32], i32),
    bpf_sk_cgroup_id: host('sk_cgroup_id', 1),
    bpf_sk_ancestor_cgroup_id: host('sk_ancestor_cgroup_id', 2),
  },
  host({ memory, world }) {
    const { runtime: exports } = memory;
    const cgroupOf = (sk: bigint): bigint => memory.view.getBigUint64(Number(sk) + SOCK_CGROUP, true);
    const offsets = [...PLACES].filter((place) => typeof place === 'number');
    const socketAt = (ctx: bigint, offset: number): number =>
      Number(memory.view.getBigUint64(Number(ctx) + offset, true));
    return {
      ...Object.fromEntries(
        offsets.flatMap((offset) => [
          [`socket_cookie_${offset}`, (ctx: bigint) => exports.sock_cookie(socketAt(ctx, offset))],
          [
            `netns_cookie_${offset}`,
            (ctx: bigint) => exports.sock_netns_cookie(ctx === 0n ? 0 : socketAt(ctx, offset)),
          ],
        ]),
      ),
      // Of a socket of the world both structs are known: the program's and the kernel's.
      socket_cookie_of: (sk) => exports.sock_cookie(world.net.socketAt(Number(sk))?.address ?? Number(sk)),
      sk_cgroup_id: (sk) => cgroupOf(sk!),
      sk_ancestor_cgroup_id: (sk, level) => world.cgroups.ancestor(cgroupOf(sk!), low32(level))?.id ?? 0n,
    };
  },
};
