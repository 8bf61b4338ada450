import type { ErrnoName } from '../../../../errors/errno.js';
import { IPV4 } from '../../address.js';
import { type SimulatedSocket, STATE } from '../../sockets.js';
import type { NetStack } from '../stack.js';
import type { TcpConnection } from './connection.js';
import { tellSockOps } from './sock-ops.js';

/** Moves a socket to another state: sock_ops programs, then the tracepoint, then it is so. Linux: tcp_set_state. */
export function setState(net: NetStack, socket: SimulatedSocket, state: number): void {
  const args = () => [net.trace.objects.sock(socket), BigInt(state)];
  net.trace.call('tcp_set_state', args, () => {
    changeState(net, socket, state);
    return 0;
  });
}

function changeState(net: NetStack, socket: SimulatedSocket, state: number): void {
  tellSockOps(net, socket, 'state', [socket.state, state]);
  // A port that bind(2) did not name is given back before anybody is told.
  if (state === STATE.close) socket.hasPort = socket.isPortNamed;
  storeState(net, socket, state);
  if (state === STATE.close) {
    socket.tcp?.timer?.cancel();
    socket.tcp?.ackTimer?.cancel();
    socket.namespace.sockets.remove(socket);
    const gone = socket.tcp?.gone;
    if (gone !== undefined) net.raise(gone);
  }
}

/** Without asking sock_ops programs. Linux: inet_sk_state_store. */
export function storeState(net: NetStack, socket: SimulatedSocket, state: number): void {
  const old = socket.state;
  net.trace.tracepoint('inet_sock_set_state', () => ({
    record: {
      skaddr: net.trace.objects.sock(socket),
      oldstate: old,
      newstate: state,
      ...socketFields(socket),
      protocol: socket.protocol,
    },
    args: () => [net.trace.objects.sock(socket), BigInt(old), BigInt(state)],
  }));
  socket.state = state;
}

/** The addresses of a socket as the records of several tracepoints have them. */
export function socketFields(socket: SimulatedSocket): Readonly<Record<string, number | Uint8Array>> {
  const { local, remote } = socket;
  const isV4 = socket.family === IPV4;
  const none = new Uint8Array(4);
  return {
    sport: local.port,
    dport: remote.port,
    family: socket.family,
    saddr: isV4 ? local.ip : none,
    daddr: isV4 ? remote.ip : none,
    saddr_v6: isV4 ? mapped(local.ip) : local.ip,
    daddr_v6: isV4 ? mapped(remote.ip) : remote.ip,
  };
}

/** Linux writes IPv4 addresses also as IPv4-mapped IPv6 ones. */
function mapped(ip: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  bytes.set([0xff, 0xff], 10);
  bytes.set(ip, 12);
  return bytes;
}

/** Ends a connection. Linux: tcp_done. */
export function finish(net: NetStack, socket: SimulatedSocket, error?: ErrnoName): void {
  if (socket.state === STATE.close) return;
  socket.error = error ?? socket.error;
  setState(net, socket, STATE.close);
}

export function connectionOf(socket: SimulatedSocket): TcpConnection {
  if (socket.tcp === undefined) throw new RangeError('a socket without TCP');
  return socket.tcp;
}

/** Does something in the name of a socket's task; what comes in meanwhile waits. Linux: lock_sock, release_sock. */
export function locked<T>(socket: SimulatedSocket, action: () => T): T {
  const connection = connectionOf(socket);
  if (connection.owned) return action();
  connection.owned = true;
  try {
    return action();
  } finally {
    drain(connection);
    connection.owned = false;
  }
}

/** What came in while the socket's task was in a call. Linux: __release_sock. */
export function drain({ waiting }: TcpConnection): void {
  while (waiting.length > 0) waiting.shift()?.();
}
