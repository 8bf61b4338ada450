import type { Arrived } from '../ip.js';
import { after, FLAG, type Segment } from './segment.js';
import { sendBare } from './send.js';

/** Refuses a segment: what no connection explains gets a reset. Linux: tcp_v4_send_reset. */
export function reset({ net, namespace, header }: Arrived, segment: Segment): void {
  if (segment.flags & FLAG.rst) return;
  const length =
    segment.data.length + (segment.flags & FLAG.syn ? 1 : 0) + (segment.flags & FLAG.fin ? 1 : 0);
  const acked = (segment.flags & FLAG.ack) !== 0;
  sendBare(
    net,
    namespace,
    { src: header.dst, dst: header.src },
    {
      srcPort: segment.dstPort,
      dstPort: segment.srcPort,
      seq: acked ? segment.ack : 0,
      ack: acked ? 0 : after(segment.seq, length),
      flags: acked ? FLAG.rst : FLAG.rst | FLAG.ack,
      window: 0,
      data: new Uint8Array(0),
    },
  );
}
