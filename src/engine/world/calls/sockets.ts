import { KernelError } from '../../../errors/errno.js';
import { errnoName } from '../../memory.js';
import { type Address, isUnspecified } from '../address.js';
import { sockaddrOf } from '../kernel/sock-structs.js';
import { acceptTcp, closeTcp, connectTcp, listenTcp, readTcp, shutTcp } from '../net/tcp/calls.js';
import { TcpConnection } from '../net/tcp/connection.js';
import { locked } from '../net/tcp/state.js';
import { sendUdp } from '../net/udp.js';
import { type Datagram, SimulatedSocket, type SocketKind, STATE } from '../sockets.js';
import { forgetSocket } from '../sockmap/maps.js';
import { sendStream } from '../sockmap/stream.js';
import type { TaskRecord } from '../tasks.js';
import { askAddress, askSocket } from './address.js';
import type { CallContext } from './context.js';
import { message } from './message.js';

/** The most that a socket that listens lets wait. net.core.somaxconn */
const MOST_BACKLOG = 4096;

/** socket(2): LSM, cgroup, LSM. Linux: __sock_create. */
export function makeSocket(call: CallContext, task: TaskRecord, kind: SocketKind): SimulatedSocket {
  const { trace, net } = call;
  const socket = new SimulatedSocket(
    call.memory,
    kind,
    { uid: task.uid, cgroup: task.cgroup },
    task.namespace,
  );
  const numbers = [socket.family, socket.type, socket.protocol, 0].map(BigInt);
  net.enter(socket);
  if (kind.type === 'stream') socket.tcp = new TcpConnection();
  try {
    trace.ask('socket_create', () => numbers);
    askSocket(call, 'sock_create', socket);
    trace.ask('socket_post_create', () => [trace.objects.socket(socket), ...numbers]);
  } catch (error) {
    dispose(call, socket);
    throw error;
  }
  return socket;
}

/** bind(2); port 0 takes a free one. Linux: __sys_bind, __inet_bind. */
export function bindSocket(call: CallContext, socket: SimulatedSocket, to: Address): void {
  const { trace } = call;
  askWithAddress(call, 'socket_bind', socket, to);
  const args = () => {
    const [, address, size] = trace.objects.sockaddrArgs(socket, to);
    return [trace.objects.socket(socket), address as bigint, size as bigint];
  };
  trace.call(socket.kind.family === 'inet' ? 'inet_bind' : 'inet6_bind', args, () => {
    giveAddress(call, socket, to);
    return 0;
  });
}

function giveAddress(call: CallContext, socket: SimulatedSocket, to: Address): void {
  const { world } = call;
  const asked = askAddress(call, 'bind', socket, to);
  if (socket.isBound) throw new KernelError('EINVAL', 'the socket has an address already');
  const { namespace } = socket;
  if (!isUnspecified(asked.ip) && !namespace.isOwn(asked.ip))
    throw new KernelError('EADDRNOTAVAIL', 'the address is none of this host', {
      facts: { ip: [...asked.ip] },
    });
  if (asked.port !== 0 && namespace.sockets.isTaken(socket, asked.ip, asked.port))
    throw new KernelError('EADDRINUSE', `port ${asked.port} is taken`, { facts: { port: asked.port } });
  const before = socket.local;
  socket.local = { ip: asked.ip, port: asked.port || world.freePort() };
  try {
    askSocket(call, 'post_bind', socket);
  } catch (error) {
    socket.local = before;
    throw error;
  }
  socket.isBound = true;
  socket.isPortNamed = asked.port !== 0;
  namespace.sockets.add(socket);
}

/** listen(2). */
export function listenOn(call: CallContext, socket: SimulatedSocket, backlog: number): void {
  const { trace, world } = call;
  requireStream(socket);
  trace.ask('socket_listen', () => [trace.objects.socket(socket), BigInt(backlog)]);
  if (!socket.isBound) {
    socket.local = { ip: socket.local.ip, port: world.freePort() };
    socket.isBound = true;
  }
  trace.call(
    'inet_listen',
    () => [trace.objects.socket(socket), BigInt(backlog)],
    () => {
      listenTcp(call.net, socket, Math.min(backlog, MOST_BACKLOG));
      return 0;
    },
  );
}

/** accept(2). Linux: do_accept. */
export function acceptFrom(call: CallContext, socket: SimulatedSocket): SimulatedSocket {
  const { trace } = call;
  requireStream(socket);
  if (!socket.isListening) throw new KernelError('EINVAL', 'the socket does not listen');
  trace.ask('socket_accept', () => [trace.objects.socket(socket), 0n]);
  let child: SimulatedSocket | undefined;
  trace.call(
    'inet_csk_accept',
    () => [trace.objects.sock(socket), 0n],
    () => {
      child = acceptTcp(call.net, socket);
      return child.kernelAddress;
    },
  );
  return child as SimulatedSocket;
}

/** connect(2): programs may send the connection elsewhere. Linux: __sys_connect_file. */
export function connectSocket(call: CallContext, socket: SimulatedSocket, to: Address): void {
  const { net, world } = call;
  askWithAddress(call, 'socket_connect', socket, to);
  if (socket.kind.type === 'stream' && socket.state !== STATE.close)
    throw new KernelError('EISCONN', 'the socket is connected already');
  const freePort = () => world.freePort();
  if (socket.kind.type === 'stream') {
    connectTcp(net, socket, askAddress(call, 'connect', socket, to), freePort);
    return;
  }
  const asked = askAddress(call, 'connect', socket, to);
  const way = socket.namespace.wayTo(asked.ip);
  const ip = isUnspecified(socket.local.ip) ? way.source : socket.local.ip;
  socket.local = { ip, port: socket.local.port || freePort() };
  socket.remote = { ip: isUnspecified(asked.ip) ? way.nextHop : asked.ip, port: asked.port };
  socket.state = STATE.established;
  socket.isBound = true;
  socket.namespace.sockets.add(socket);
}

/** sendmsg(2), sendto(2), write(2). @returns bytes taken */
export function sendOn(call: CallContext, socket: SimulatedSocket, data: Uint8Array, to?: Address): number {
  const { trace } = call;
  using msg = message(call, data, to);
  trace.ask('socket_sendmsg', () => [trace.objects.socket(socket), BigInt(msg.address), BigInt(data.length)]);
  const isV4 = socket.kind.family === 'inet';
  const name = socket.kind.type === 'stream' ? 'tcp_sendmsg' : isV4 ? 'udp_sendmsg' : 'udpv6_sendmsg';
  const args = () => [trace.objects.sock(socket), BigInt(msg.address), BigInt(data.length)];
  return trace.call(name, args, () =>
    socket.kind.type === 'stream' ? sendBytes(call, socket, data) : sendDatagram(call, socket, data, to),
  );
}

function sendBytes({ net }: CallContext, socket: SimulatedSocket, data: Uint8Array): number {
  takeError(socket);
  if (socket.state !== STATE.established && socket.state !== STATE.closeWait)
    throw new KernelError(socket.remote.port === 0 ? 'ENOTCONN' : 'EPIPE', 'nobody is at the other end');
  return locked(socket, () => sendStream(net, socket, data));
}

function sendDatagram(call: CallContext, socket: SimulatedSocket, data: Uint8Array, to?: Address): number {
  takeError(socket);
  const connected = to === undefined;
  if (connected && socket.remote.port === 0)
    throw new KernelError(
      'EDESTADDRREQ',
      'the datagram says not whom it is for, and the socket is not connected',
    );
  if (socket.local.port === 0) {
    socket.local = { ip: socket.local.ip, port: call.world.freePort() };
    socket.isBound = true;
    socket.namespace.sockets.add(socket);
  }
  const destination = connected ? socket.remote : askAddress(call, 'sendmsg', socket, to);
  const failed = sendUdp(call.net, socket, destination, data);
  if (failed < 0) throw new KernelError(errnoName(failed), 'the datagram could not be sent');
  return data.length;
}

/** recvmsg(2), read(2) on a stream: what came in, at most so much. */
export function receiveOn(call: CallContext, socket: SimulatedSocket, most: number): Datagram {
  const { trace, net } = call;
  using msg = message(call, new Uint8Array(0));
  const sizes = [BigInt(most), 0n];
  trace.ask('socket_recvmsg', () => [trace.objects.socket(socket), BigInt(msg.address), ...sizes]);
  let got: Datagram | undefined;
  const isV4 = socket.kind.family === 'inet';
  const name = socket.kind.type === 'stream' ? 'tcp_recvmsg' : isV4 ? 'udp_recvmsg' : 'udpv6_recvmsg';
  trace.call(
    name,
    () => [trace.objects.sock(socket), BigInt(msg.address), ...sizes, 0n],
    () => {
      if (socket.kind.type === 'stream') {
        got = { data: readTcp(net, socket, most), from: socket.remote };
        const { length } = got.data;
        trace.call(
          'tcp_cleanup_rbuf',
          () => [trace.objects.sock(socket), BigInt(length)],
          () => 0,
        );
      } else got = takeDatagram(call, socket, most);
      return got.data.length;
    },
  );
  return got as Datagram;
}

function takeDatagram(call: CallContext, socket: SimulatedSocket, most: number): Datagram {
  const { clock } = call.net;
  while (socket.datagrams.length === 0 && socket.error === undefined && clock.step()) call.net.work();
  takeError(socket);
  const datagram = socket.datagrams.shift();
  if (datagram === undefined) throw new KernelError('EAGAIN', 'no datagram came in, and none is on its way');
  return { data: datagram.data.slice(0, most), from: askAddress(call, 'recvmsg', socket, datagram.from) };
}

/** shutdown(2) of what this end sends. */
export function shutSocket(call: CallContext, socket: SimulatedSocket): void {
  const { trace, net } = call;
  trace.ask('socket_shutdown', () => [trace.objects.socket(socket), 1n]);
  if (socket.tcp === undefined || socket.remote.port === 0)
    throw new KernelError('ENOTCONN', 'the socket is not connected');
  locked(socket, () => shutTcp(net, socket));
}

/** close(2): programs see the socket once more. Linux: inet_release. */
export function closeSocket(call: CallContext, socket: SimulatedSocket): void {
  const { trace, net } = call;
  askSocket(call, 'sock_release', socket);
  forgetSocket(net, socket);
  if (socket.tcp === undefined) {
    dispose(call, socket);
    return;
  }
  trace.call(
    'tcp_close',
    () => [trace.objects.sock(socket), 0n],
    () => {
      closeTcp(net, socket);
      return 0;
    },
  );
  // A connection lives on until its other end has closed it too.
  if (socket.state === STATE.close) dispose(call, socket);
  else socket.tcp.gone = () => dispose(call, socket);
}

function dispose({ net, trace }: CallContext, socket: SimulatedSocket): void {
  if (socket.tcp !== undefined)
    trace.tracepoint('tcp_destroy_sock', () => ({
      record: { skaddr: trace.objects.sock(socket), sport: socket.local.port, dport: socket.remote.port },
      args: () => [trace.objects.sock(socket)],
    }));
  socket.namespace.sockets.remove(socket);
  net.leave(socket);
  trace.objects.forget(socket);
  socket.free();
}

function askWithAddress(call: CallContext, hook: string, socket: SimulatedSocket, to: Address): void {
  const { trace } = call;
  trace.ask(hook, () => {
    const bytes = sockaddrOf(to);
    return [trace.objects.socket(socket), BigInt(trace.objects.scratch(bytes)), BigInt(bytes.length)];
  });
}

function takeError(socket: SimulatedSocket): void {
  const { error } = socket;
  socket.error = undefined;
  if (error !== undefined) throw new KernelError(error, 'an earlier packet of the socket failed');
}

function requireStream(socket: SimulatedSocket): void {
  if (socket.kind.type !== 'stream')
    throw new KernelError('EOPNOTSUPP', 'datagram sockets neither listen nor accept');
}
