import { SimulatedSocket, STATE } from '../../sockets.js';
import type { Arrived } from '../ip.js';
import type { NetNamespace } from '../namespace.js';
import type { Flow } from '../socket-table.js';
import type { NetStack } from '../stack.js';
import { receiveInConnection } from './connected.js';
import { DEFAULT_MSS, FIRST_TIMEOUT, type Request, TcpConnection } from './connection.js';
import { reset } from './reset.js';
import { after, FLAG, type Segment } from './segment.js';
import { mssFor, sendBare } from './send.js';
import { callSockOps, OP } from './sock-ops.js';
import { connectionOf, setState, storeState } from './state.js';

/** Times that an answer to a SYN is sent again: net.ipv4.tcp_synack_retries. */
const RETRIES = 5;

/** Somebody who wants to connect, and the socket that listens. */
export interface Asked {
  readonly listener: SimulatedSocket;
  readonly request: Request;
}

function keyOf({ local, remote }: Flow): string {
  return `${local.ip}:${local.port} ${remote.ip}:${remote.port}`;
}

/** The request that a segment belongs to. */
export function requestOf(namespace: NetNamespace, flow: Flow): Asked | undefined {
  const key = keyOf(flow);
  for (const listener of namespace.sockets.all()) {
    const request = listener.isListening ? listener.tcp?.requests.get(key) : undefined;
    if (request !== undefined) return { listener, request };
  }
  return undefined;
}

/** A SYN for a socket that listens: it is answered, unless too many wait. Linux: tcp_conn_request. */
export function receiveSyn(arrived: Arrived, listener: SimulatedSocket, segment: Segment): void {
  const { net, header, device } = arrived;
  const connection = connectionOf(listener);
  if (connection.accepted.length > connection.backlog || connection.requests.size > connection.backlog) {
    net.drop('TCP_LISTEN_OVERFLOW');
    return;
  }
  const local = { ip: header.dst, port: segment.dstPort };
  const remote = { ip: header.src, port: segment.srcPort };
  const key = keyOf({ protocol: listener.protocol, local, remote });
  const request: Request = {
    key,
    local,
    remote,
    irs: segment.seq,
    iss: net.memory.runtime.get_prandom_u32() >>> 0,
    mss: Math.min(segment.mss ?? DEFAULT_MSS, mssFor(device.mtu, local.ip)),
    window: segment.window,
    retries: 0,
    timer: undefined,
  };
  callSockOps(net, listener, OP.rwndInit);
  callSockOps(net, listener, OP.timeoutInit);
  callSockOps(net, listener, OP.needsEcn);
  connection.requests.set(key, request);
  answer(net, { listener, request });
}

/** SYN-ACK, and again for as long as nobody answers. */
function answer(net: NetStack, { listener, request }: Asked): void {
  const connection = connectionOf(listener);
  request.timer = net.clock.after(FIRST_TIMEOUT * 2 ** request.retries, () => {
    if (!connection.requests.has(request.key)) return;
    if (request.retries++ >= RETRIES) connection.requests.delete(request.key);
    else answer(net, { listener, request });
  });
  const { local, remote } = request;
  sendBare(
    net,
    listener.namespace,
    { src: local.ip, dst: remote.ip, socket: listener },
    {
      srcPort: local.port,
      dstPort: remote.port,
      seq: request.iss,
      ack: after(request.irs, 1),
      flags: FLAG.syn | FLAG.ack,
      window: 65535,
      data: new Uint8Array(0),
      mss: request.mss,
    },
  );
}

/** The last step of a handshake: a socket of its own for the connection. Linux: tcp_check_req, tcp_child_process. */
export function answerRequest(arrived: Arrived, asked: Asked, segment: Segment): void {
  const { net } = arrived;
  const { listener, request } = asked;
  const connection = connectionOf(listener);
  if (segment.flags & FLAG.rst) {
    forget(connection, request);
    return;
  }
  if (segment.flags & FLAG.syn) {
    request.timer?.cancel();
    answer(net, asked);
    return;
  }
  if (!(segment.flags & FLAG.ack)) return;
  if (segment.ack !== after(request.iss, 1)) {
    reset(arrived, segment);
    return;
  }
  if (connection.accepted.length > connection.backlog) {
    net.drop('TCP_LISTEN_OVERFLOW');
    return;
  }
  forget(connection, request);
  const child = madeChild(arrived, asked);
  connection.accepted.push(child);
  callSockOps(net, child, OP.passiveEstablished);
  setState(net, child, STATE.established);
  connectionOf(child).sndUna = segment.ack;
  if (segment.data.length > 0 || segment.flags & FLAG.fin) receiveInConnection(arrived, child, segment);
}

function forget(connection: TcpConnection, request: Request): void {
  request.timer?.cancel();
  connection.requests.delete(request.key);
}

function madeChild({ net, skb, device }: Arrived, asked: Asked): SimulatedSocket {
  const { objects } = net.trace;
  const { listener } = asked;
  let child: SimulatedSocket | undefined;
  net.trace.call(
    listener.kind.family === 'inet' ? 'tcp_v4_syn_recv_sock' : 'tcp_v6_syn_recv_sock',
    () => [objects.sock(listener), objects.skb(skb, device), 0n, 0n, 0n, 0n],
    () => {
      child = childOf(net, asked);
      return child.kernelAddress;
    },
  );
  return child as SimulatedSocket;
}

/** A socket like the one that listens, for one connection. Linux: tcp_v4_syn_recv_sock. */
function childOf(net: NetStack, { listener, request }: Asked): SimulatedSocket {
  const child = new SimulatedSocket(net.memory, listener.kind, listener.owner, listener.namespace);
  net.enter(child);
  child.callbacks = listener.callbacks;
  child.local = request.local;
  const connection = new TcpConnection();
  child.tcp = connection;
  connection.iss = request.iss;
  connection.sndUna = request.iss;
  connection.sndNxt = after(request.iss, 1);
  connection.irs = request.irs;
  connection.rcvNxt = after(request.irs, 1);
  connection.sndWnd = request.window;
  connection.mss = request.mss;
  child.state = STATE.listen;
  child.remote = request.remote;
  child.isBound = true;
  storeState(net, child, STATE.synRecv);
  child.namespace.sockets.add(child);
  return child;
}
