import { KernelError } from '../../../../errors/errno.js';
import { type Address, isUnspecified } from '../../address.js';
import { type SimulatedSocket, STATE } from '../../sockets.js';
import type { NetStack } from '../stack.js';
import type { TcpConnection } from './connection.js';
import { FLAG } from './segment.js';
import { flush, mssFor, sendAck, sendBare, sendReliably } from './send.js';
import { callSockOps, OP } from './sock-ops.js';
import { connectionOf, drain, finish, locked, setState, storeState } from './state.js';
import { enterTimeWait } from './time-wait.js';

/** Starts to listen. Linux: __inet_listen_sk. */
export function listenTcp(net: NetStack, socket: SimulatedSocket, backlog: number): void {
  const connection = connectionOf(socket);
  connection.backlog = backlog;
  if (socket.isListening) return;
  storeState(net, socket, STATE.listen);
  socket.namespace.sockets.add(socket);
  callSockOps(net, socket, OP.listen);
}

/** Asks for a connection and waits for the answer. @throws {KernelError} ECONNREFUSED, ETIMEDOUT, ENETUNREACH */
export function connectTcp(
  net: NetStack,
  socket: SimulatedSocket,
  to: Address,
  freePort: () => number,
): void {
  locked(socket, () => beginConnect(net, socket, to, freePort));
  while (socket.state === STATE.synSent && net.clock.step()) net.work();
  if (socket.state === STATE.established || socket.state === STATE.closeWait) return;
  const errno = socket.error ?? 'ETIMEDOUT';
  socket.error = undefined;
  throw new KernelError(errno, `nobody answers at port ${to.port}`, { facts: { port: to.port } });
}

/** Linux: tcp_v4_connect, tcp_connect. */
function beginConnect(net: NetStack, socket: SimulatedSocket, to: Address, freePort: () => number): void {
  const { trace } = net;
  const isV4 = socket.kind.family === 'inet';
  trace.call(
    isV4 ? 'tcp_v4_connect' : 'tcp_v6_connect',
    () => trace.objects.sockaddrArgs(socket, to),
    () => {
      const way = socket.namespace.wayTo(to.ip);
      const ip = isUnspecified(to.ip) ? way.nextHop : to.ip;
      if (isUnspecified(socket.local.ip)) socket.local = { ip: way.source, port: socket.local.port };
      socket.remote = { ip, port: to.port };
      const connection = connectionOf(socket);
      connection.mss = mssFor(way.device.mtu, ip);
      setState(net, socket, STATE.synSent);
      if (socket.local.port === 0) socket.local = { ip: socket.local.ip, port: freePort() };
      socket.isBound = true;
      socket.namespace.sockets.add(socket);
      connection.iss = net.memory.runtime.get_prandom_u32() >>> 0;
      connection.sndUna = connection.iss;
      connection.sndNxt = connection.iss;
      trace.call(
        'tcp_connect',
        () => [trace.objects.sock(socket)],
        () => {
          callSockOps(net, socket, OP.connect);
          callSockOps(net, socket, OP.rwndInit);
          callSockOps(net, socket, OP.timeoutInit);
          callSockOps(net, socket, OP.needsEcn);
          sendReliably(net, socket, FLAG.syn);
          return 0;
        },
      );
      return 0;
    },
  );
}

/** Takes the next connection; waits for one while anything may still happen. @throws {KernelError} EAGAIN */
export function acceptTcp(net: NetStack, socket: SimulatedSocket): SimulatedSocket {
  const { accepted } = connectionOf(socket);
  while (accepted.length === 0 && net.clock.step()) net.work();
  const child = accepted.shift();
  if (child === undefined)
    throw new KernelError('EAGAIN', 'nobody has connected, and nothing is on its way', {
      hint: 'let another task connect first',
    });
  return child;
}

/** Takes bytes that came in; none when the other end sends no more. @throws {KernelError} EAGAIN, ECONNRESET */
export function readTcp(net: NetStack, socket: SimulatedSocket, most: number): Uint8Array {
  const connection = connectionOf(socket);
  const isOver = () => connection.finReceived || socket.error !== undefined || socket.state === STATE.close;
  while (connection.received.length === 0 && !isOver() && net.clock.step()) net.work();
  const [first] = connection.received;
  if (first === undefined) {
    if (socket.error !== undefined) {
      const errno = socket.error;
      socket.error = undefined;
      throw new KernelError(errno, 'the connection is broken');
    }
    if (isOver()) return new Uint8Array(0);
    throw new KernelError('EAGAIN', 'nothing came in, and nothing is on its way');
  }
  const wasShut = connection.window === 0;
  const taken = take(connection, most);
  if (wasShut && socket.state !== STATE.close) sendAck(net, socket);
  return taken;
}

function take({ received }: TcpConnection, most: number): Uint8Array {
  const parts: number[] = [];
  while (received.length > 0 && parts.length < most) {
    const [first] = received as [Uint8Array];
    const room = most - parts.length;
    parts.push(...first.subarray(0, room));
    if (first.length <= room) received.shift();
    else received[0] = first.slice(room);
  }
  return Uint8Array.from(parts);
}

/** shutdown(2) of what this end sends: what waits, then a FIN. Linux: tcp_shutdown. */
export function shutTcp(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  const next = { [STATE.established]: STATE.finWait1, [STATE.closeWait]: STATE.lastAck }[socket.state];
  if (next === undefined) return;
  setState(net, socket, next);
  connection.finPending = true;
  flush(net, socket);
}

/** close(2). Linux: __tcp_close. */
export function closeTcp(net: NetStack, socket: SimulatedSocket): void {
  const connection = connectionOf(socket);
  if (socket.isListening) {
    setState(net, socket, STATE.close);
    for (const request of connection.requests.values()) request.timer?.cancel();
    connection.requests.clear();
    for (const child of connection.accepted.splice(0)) abort(net, child);
    return;
  }
  if (connection.unread > 0 && socket.state !== STATE.close) {
    abort(net, socket);
    return;
  }
  if (socket.state === STATE.synSent) {
    finish(net, socket);
    return;
  }
  connection.owned = true;
  shutTcp(net, socket);
  connection.orphaned = true;
  net.holding(() => drain(connection));
  connection.owned = false;
  if (socket.state === STATE.finWait2) {
    enterTimeWait(net, socket);
    finish(net, socket);
  }
}

/** Ends a connection with a reset. */
function abort(net: NetStack, socket: SimulatedSocket): void {
  const { local, remote, namespace } = socket;
  const connection = connectionOf(socket);
  connection.orphaned = true;
  setState(net, socket, STATE.close);
  sendBare(
    net,
    namespace,
    { src: local.ip, dst: remote.ip, socket },
    {
      srcPort: local.port,
      dstPort: remote.port,
      seq: connection.sndNxt,
      ack: connection.rcvNxt,
      flags: FLAG.rst | FLAG.ack,
      window: 0,
      data: new Uint8Array(0),
    },
  );
}
