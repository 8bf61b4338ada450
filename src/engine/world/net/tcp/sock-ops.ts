import { IPV4 } from '../../address.js';
import { CallStruct } from '../../calls/context.js';
import type { SimulatedSocket } from '../../sockets.js';
import type { NetStack } from '../stack.js';

/** BPF_SOCK_OPS_* */
export const OP = {
  timeoutInit: 1,
  rwndInit: 2,
  connect: 3,
  activeEstablished: 4,
  passiveEstablished: 5,
  needsEcn: 6,
  rto: 8,
  retransmission: 9,
  state: 10,
  listen: 11,
  rtt: 12,
} as const;

/** BPF_SOCK_OPS_*_CB_FLAG: what programs are called for only when they asked for it. */
export const CALLBACK = { rto: 1, retransmission: 2, state: 4, rtt: 8 } as const;
const REPLY = 4;

/**
 * Runs the `sock_ops` programs of a socket's cgroup.
 * @returns what they replied, -1 without an answer. Linux: tcp_call_bpf.
 */
export function callSockOps(
  net: NetStack,
  socket: SimulatedSocket,
  op: number,
  args: readonly number[] = [],
): number {
  const { cgroup } = socket.owner;
  if (!net.cgroupHooks.watches('cgroup_sock_ops', cgroup)) return -1;
  using ctx = sockOpsContext(net, socket, op, args);
  const { retval } = net.cgroupHooks.run('cgroup_sock_ops', cgroup, ctx.address);
  return retval < 0 ? -1 : net.memory.view.getInt32(ctx.address + REPLY, true);
}

/** As `callSockOps`, only when the programs asked for this kind of event. */
export function tellSockOps(
  net: NetStack,
  socket: SimulatedSocket,
  event: keyof typeof CALLBACK,
  args: readonly number[],
): void {
  if ((socket.callbacks & CALLBACK[event]) !== 0) callSockOps(net, socket, OP[event], args);
}

function sockOpsContext(
  net: NetStack,
  socket: SimulatedSocket,
  op: number,
  args: readonly number[],
): CallStruct {
  const ctx = new CallStruct(net.memory, 'sock_ops');
  const { local, remote, tcp } = socket;
  const isV4 = socket.family === IPV4;
  ctx.set({
    op,
    family: socket.family,
    [isV4 ? 'remote_ip4' : 'remote_ip6']: remote.ip,
    [isV4 ? 'local_ip4' : 'local_ip6']: local.ip,
    local_port: local.port,
    is_fullsock: 1,
    bpf_sock_ops_cb_flags: socket.callbacks,
    state: socket.state,
    sk: socket.address,
  });
  args.forEach((arg, index) => {
    net.memory.setU32(ctx.at('args') + index * 4, arg >>> 0);
  });
  net.memory.view.setUint32(ctx.at('remote_port'), remote.port, false);
  if (tcp === undefined) return ctx;
  const { counts } = tcp;
  return ctx.set({
    snd_cwnd: 10,
    srtt_us: tcp.srtt,
    rcv_nxt: tcp.rcvNxt,
    snd_nxt: tcp.sndNxt,
    snd_una: tcp.sndUna,
    mss_cache: tcp.mss,
    packets_out: tcp.unacked.length,
    total_retrans: counts.retransmissions,
    segs_in: counts.segsIn,
    data_segs_in: counts.dataSegsIn,
    segs_out: counts.segsOut,
    data_segs_out: counts.dataSegsOut,
    bytes_received: counts.bytesReceived,
    bytes_acked: counts.bytesAcked,
  });
}
