import { ERRNO } from '../../../errors/errno.js';
import { SKB_SK } from '../../runtime/layout.js';
import { PROTOCOL } from '../../world/net/ip-header.js';
import type { NetNamespace } from '../../world/net/namespace.js';
import { type SimulatedSocket, STATE } from '../../world/sockets.js';
import {
  failed,
  type HelperFamily,
  type HelperUse,
  type HostContext,
  host,
  i32,
  runtime,
} from '../family.js';

/** `struct bpf_sock_tuple` for IPv4 and IPv6. */
const TUPLE = { v4: 12, v6: 36 } as const;
const REPLACE = 1n;

/** Programs of `sk_lookup` choose a socket; those of tc give a packet one. */
const assign = ({ programType }: HelperUse) =>
  host(programType === 'sk_lookup' ? 'sk_lookup_assign' : 'skb_sk_assign', 3);

export const sockets: HelperFamily = {
  bindings: {
    bpf_sk_fullsock: runtime('sock_full', [i32], i32),
    bpf_tcp_sock: runtime('sock_tcp', [i32], i32),
    bpf_get_listener_sock: runtime('sock_listener', [i32], i32),
    bpf_sk_lookup_tcp: host('sk_lookup_tcp', 5),
    bpf_skc_lookup_tcp: host('sk_lookup_tcp', 5),
    bpf_sk_lookup_udp: host('sk_lookup_udp', 5),
    bpf_sk_release: host('sk_release', 1),
    bpf_sk_assign: assign,
  },
  host({ memory, world }: HostContext) {
    /** By number: -1 stands for the one in which the program runs. */
    const namespaceOf = (id: bigint | undefined): NetNamespace | undefined => {
      const number = Number(BigInt.asIntN(64, id ?? -1n));
      if (number < 0) return world.net.here ?? world.namespace('');
      return world.namespaces.find(({ cookie }) => Number(cookie) === number + 1);
    };
    const find = (protocol: number, args: readonly (bigint | undefined)[]): bigint => {
      const [, at, size, id] = args;
      const wide = Number(size) >= TUPLE.v6 ? 16 : 4;
      const start = Number(at);
      const { view } = memory;
      const remote = { ip: memory.read(start, wide), port: view.getUint16(start + 2 * wide) };
      const local = { ip: memory.read(start + wide, wide), port: view.getUint16(start + 2 * wide + 2) };
      const table = namespaceOf(id)?.sockets;
      const flow = { protocol, local, remote };
      return BigInt((table?.connected(flow) ?? table?.waiting(flow)[0])?.address ?? 0);
    };
    const isSuitable = (socket: SimulatedSocket | undefined): boolean =>
      socket === undefined || socket.kind.type === 'dgram' || socket.state === STATE.listen;
    return {
      sk_lookup_tcp: (...args) => find(PROTOCOL.tcp, args),
      sk_lookup_udp: (...args) => find(PROTOCOL.udp, args),
      sk_release: () => 0n,
      sk_lookup_assign(ctx, sk = 0n, flags = 0n) {
        const place = Number(ctx);
        const chosen = memory.view.getBigUint64(place, true);
        if (!isSuitable(world.net.socketAt(Number(sk)))) return failed(ERRNO.EPROTO);
        if (chosen !== 0n && sk !== 0n && (flags & REPLACE) === 0n) return failed(ERRNO.EEXIST);
        memory.view.setBigUint64(place, sk, true);
        return 0n;
      },
      skb_sk_assign(skb, sk = 0n, flags = 0n) {
        if (sk === 0n || flags !== 0n) return failed(ERRNO.EINVAL);
        memory.view.setBigUint64(Number(skb) + SKB_SK, sk, true);
        return 0n;
      },
    };
  },
};
