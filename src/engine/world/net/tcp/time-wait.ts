import { sameBytes } from '../../address.js';
import type { SimulatedSocket } from '../../sockets.js';
import type { NetNamespace } from '../namespace.js';
import type { Flow } from '../socket-table.js';
import type { NetStack } from '../stack.js';
import { after, FLAG, type Segment } from './segment.js';
import { sendBare } from './send.js';
import { connectionOf } from './state.js';

/** How long what is left of a connection is remembered. */
const TIME_WAIT = 60e9;

/** What is left of a connection that this end closed first. Linux: struct tcp_timewait_sock. */
export interface TimeWait {
  readonly flow: Flow;
  readonly sndNxt: number;
  rcvNxt: number;
}

/** Remembers a connection for as long as stray segments of it may come. */
export function enterTimeWait(net: NetStack, socket: SimulatedSocket): void {
  const { namespace, local, remote, protocol } = socket;
  const { sndNxt, rcvNxt } = connectionOf(socket);
  const rest: TimeWait = { flow: { protocol, local, remote }, sndNxt, rcvNxt };
  namespace.timeWaits.add(rest);
  net.clock.after(TIME_WAIT, () => namespace.timeWaits.delete(rest), false);
}

/** @returns whether the segment belongs to such a connection */
export function answerInTimeWait(
  net: NetStack,
  namespace: NetNamespace,
  flow: Flow,
  segment: Segment,
): boolean {
  const rest = [...namespace.timeWaits].find(
    ({ flow: { local, remote } }) =>
      local.port === flow.local.port &&
      remote.port === flow.remote.port &&
      sameBytes(local.ip, flow.local.ip) &&
      sameBytes(remote.ip, flow.remote.ip),
  );
  if (rest === undefined) return false;
  if (segment.flags & FLAG.syn) {
    namespace.timeWaits.delete(rest);
    return false;
  }
  const length = segment.data.length + (segment.flags & FLAG.fin ? 1 : 0);
  if (length === 0 || segment.flags & FLAG.rst) return true;
  rest.rcvNxt = after(segment.seq, length);
  sendBare(
    net,
    namespace,
    { src: flow.local.ip, dst: flow.remote.ip },
    {
      srcPort: flow.local.port,
      dstPort: flow.remote.port,
      seq: rest.sndNxt,
      ack: rest.rcvNxt,
      flags: FLAG.ack,
      window: 0,
      data: new Uint8Array(0),
    },
  );
  return true;
}
