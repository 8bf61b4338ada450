import { KernelError } from '../../errors/errno.js';
import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import { givenCtx, LOOPBACK_IFINDEX, NOTHING, refuseCtx, requirePacket, type Scene, Stage } from './scene.js';

const MD_SIZE = 24;
/** As Linux's test run: what XDP programs may grow the packet by. */
const TAILROOM = 320;
/** Longest metadata. */
const MAX_META = 255;

/** A frame in one buffer. Of the context `data` is how many bytes of the packet are metadata, `data_end` its length. */
export function xdpScene(memory: EngineMemory, input: RunInput): Scene {
  const packet = requirePacket(input);
  const given = input.ctx === undefined ? undefined : checkedCtx(input, packet.length);
  const stage = new Stage(memory);
  const frame = stage.block(L.XDP_HEADROOM + packet.length + TAILROOM);
  const ctx = stage.block(L.XDP_CTX_SIZE);
  const meta = given?.meta ?? 0;
  const start = frame + L.XDP_HEADROOM - meta;
  memory.write(start, packet);
  stage.set(ctx, [
    [L.XDP_DATA, start + meta],
    [L.XDP_DATA_END, start + packet.length],
    [L.XDP_DATA_META, start],
    [L.XDP_INGRESS_IFINDEX, given?.ifindex ?? LOOPBACK_IFINDEX],
    [L.XDP_HARD_START, frame],
    [L.XDP_FRAME_END, start + packet.length + TAILROOM],
  ]);
  const field = (offset: number) => memory.u32(ctx + offset);
  return {
    ctx,
    packetStart: () => field(L.XDP_DATA),
    // As in Linux, with the metadata in front.
    packetAfter: () => memory.read(field(L.XDP_DATA_META), field(L.XDP_DATA_END) - field(L.XDP_DATA_META)),
    ctxAfter() {
      if (given === undefined) return NOTHING;
      const md = given.bytes.slice();
      const view = new DataView(md.buffer);
      view.setUint32(L.XDP_DATA, field(L.XDP_DATA) - field(L.XDP_DATA_META), true);
      view.setUint32(L.XDP_DATA_END, field(L.XDP_DATA_END) - field(L.XDP_DATA_META), true);
      return md;
    },
    close: () => stage.close(),
  };
}

/** What Linux lets a caller say in `struct xdp_md`. */
function checkedCtx(input: RunInput, size: number): { bytes: Uint8Array; meta: number; ifindex: number } {
  const bytes = givenCtx(input, 'xdp_md', MD_SIZE);
  const view = new DataView(bytes.buffer);
  const field = (offset: number) => view.getUint32(offset, true);
  const meta = field(L.XDP_DATA);
  if (field(L.XDP_DATA_META) !== 0) refuseCtx('nothing lies in front of the metadata: data_meta must be 0');
  if (field(L.XDP_DATA_END) > size || meta > field(L.XDP_DATA_END))
    refuseCtx(`data and data_end are no part of a packet of ${size} bytes`, {
      data: meta,
      dataEnd: field(L.XDP_DATA_END),
    });
  if (meta % 4 !== 0 || meta > MAX_META)
    refuseCtx(`metadata has a multiple of 4 of at most ${MAX_META} bytes, not ${meta}`);
  if (field(L.XDP_EGRESS_IFINDEX) !== 0) refuseCtx('a received packet has no egress_ifindex');
  const ifindex = field(L.XDP_INGRESS_IFINDEX);
  if (ifindex > LOOPBACK_IFINDEX)
    throw new KernelError('ENODEV', `there is no device ${ifindex} in a test run`, { facts: { ifindex } });
  // The queues of the loopback device are not those of an XDP device: whoever names one is refused.
  if (ifindex !== 0 || field(L.XDP_RX_QUEUE_INDEX) !== 0)
    refuseCtx('no device of a test run has registered receive queues');
  if (field(L.XDP_DATA_END) < size)
    throw new KernelError('EOPNOTSUPP', 'the engine has no XDP packets in several buffers yet', {
      facts: { linear: field(L.XDP_DATA_END), size },
      hint: `let data_end be the packet's length, ${size}`,
    });
  return { bytes, meta, ifindex: LOOPBACK_IFINDEX };
}
