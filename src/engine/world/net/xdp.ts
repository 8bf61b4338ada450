import * as L from '../../runtime/layout.js';
import { CPU_AREA_SIZE, CPU_AREAS, CPU_REDIRECT_IFINDEX } from '../../runtime/layout.js';
import type { Device } from '../devices.js';
import { NO_MARKS } from './skb.js';
import type { NetStack } from './stack.js';
import { sendFrame } from './transmit.js';

const XDP = { aborted: 0, drop: 1, pass: 2, tx: 3, redirect: 4 } as const;
const TAILROOM = 320;

/** What XDP programs leave of a frame that came in. */
export type XdpOutcome = Uint8Array | undefined;

/** Lets the XDP program of a device decide about a frame. @returns the frame to go on with; undefined when it ends here */
export function runXdp(net: NetStack, device: Device, frame: Uint8Array): XdpOutcome {
  const [program] = net.points.at({ kind: 'xdp', iface: device.label });
  if (program === undefined) return frame;
  const { memory } = net;
  const buffer = memory.alloc(L.XDP_CTX_SIZE + L.XDP_HEADROOM + frame.length + TAILROOM);
  try {
    const ctx = layOut(net, buffer, device, frame);
    net.here = device.namespace;
    const verdict = net.points.verdict(program, ctx);
    const at = (offset: number) => memory.u32(ctx + offset);
    const after = memory.read(at(L.XDP_DATA), at(L.XDP_DATA_END) - at(L.XDP_DATA));
    return obey(net, device, { verdict, programId: program.programId }, after);
  } finally {
    memory.free(buffer);
  }
}

function layOut({ memory }: NetStack, buffer: number, device: Device, frame: Uint8Array): number {
  const start = buffer + L.XDP_CTX_SIZE + L.XDP_HEADROOM;
  memory.bytes.fill(0, buffer, start + frame.length + TAILROOM);
  memory.write(start, frame);
  const fields: readonly (readonly [number, number])[] = [
    [L.XDP_DATA, start],
    [L.XDP_DATA_END, start + frame.length],
    [L.XDP_DATA_META, start],
    [L.XDP_INGRESS_IFINDEX, device.ifindex],
    [L.XDP_HARD_START, start - L.XDP_HEADROOM],
    [L.XDP_FRAME_END, start + frame.length + TAILROOM],
  ];
  for (const [offset, value] of fields) memory.setU32(buffer + offset, value);
  return buffer;
}

function obey(
  net: NetStack,
  device: Device,
  { verdict, programId }: { readonly verdict: number; readonly programId: number },
  frame: Uint8Array,
): XdpOutcome {
  switch (verdict) {
    case XDP.pass:
      return frame;
    case XDP.drop:
      break;
    case XDP.tx:
      sendFrame(net, device, frame, NO_MARKS);
      return undefined;
    case XDP.redirect:
      return redirect(net, device, programId, frame);
    default:
      net.trace.tracepoint('xdp_exception', () => ({
        record: { prog_id: programId, act: verdict >>> 0, ifindex: device.ifindex },
        args: () => [net.trace.objects.device(device), 0n, BigInt(verdict >>> 0)],
      }));
  }
  net.drop('XDP');
  return undefined;
}

/** To another device, or to the stack by way of another CPU. */
function redirect(net: NetStack, device: Device, programId: number, frame: Uint8Array): XdpOutcome {
  const area = CPU_AREAS + net.memory.cpu * CPU_AREA_SIZE;
  const ifindex = net.memory.u32(area + CPU_REDIRECT_IFINDEX);
  const map = net.memory.u32(area + L.CPU_REDIRECT_MAP);
  if (ifindex === 0 && map !== 0) return frame;
  const to = device.namespace.devices.find(ifindex);
  net.trace.tracepoint('xdp_redirect', () => ({
    record: {
      prog_id: programId,
      act: XDP.redirect,
      ifindex: device.ifindex,
      err: to === undefined ? -22 : 0,
      to_ifindex: ifindex,
      map_id: map,
      map_index: net.memory.u32(area + L.CPU_REDIRECT_KEY),
    },
    args: () => [net.trace.objects.device(device)],
  }));
  if (to === undefined) net.drop('XDP');
  else sendFrame(net, to, frame, NO_MARKS);
  return undefined;
}
