import type { RunInput } from '../../kernel/kernel.js';
import type { EngineMemory } from '../memory.js';
import * as L from '../runtime/layout.js';
import { ETH_HLEN, givenCtx, NOTHING, refuseCtx, requirePacket, type Scene, Stage } from './scene.js';

/** Of `struct bpf_flow_keys`. */
const KEYS = { size: 56, nhoff: 0, thoff: 2, nProto: 10, flags: 48 } as const;
/** BPF_FLOW_DISSECTOR_F_*: parse the first fragment, stop at the flow label, stop at encapsulation. */
const KNOWN_FLAGS = 7;

/** A packet and the flow keys to fill in, which come back as data. Of the given keys only the flags count. */
export function flowDissectorScene(memory: EngineMemory, input: RunInput): Scene {
  const packet = requirePacket(input);
  const flags = input.ctx === undefined ? 0 : checkedFlags(input);
  const stage = new Stage(memory);
  const frame = stage.block(packet.length);
  const keys = stage.block(KEYS.size);
  const ctx = stage.block(L.SKB_CTX_SIZE);
  memory.write(frame, packet);
  const protocol = memory.view.getUint16(frame + 12, true);
  stage.set(ctx, [
    [L.SKB_LEN, packet.length],
    [L.SKB_PROTOCOL, protocol],
    [L.SKB_DATA, frame],
    [L.SKB_DATA_END, frame + packet.length],
    [L.SKB_HEAD, frame],
    [L.SKB_END, frame + packet.length],
    [L.SKB_MAC_HEADER, frame],
    [L.SKB_NETWORK_HEADER, frame + ETH_HLEN],
    [L.SKB_FLOW_KEYS, keys],
  ]);
  const { view } = memory;
  view.setUint16(keys + KEYS.nhoff, ETH_HLEN, true);
  view.setUint16(keys + KEYS.thoff, ETH_HLEN, true);
  view.setUint16(keys + KEYS.nProto, protocol, true);
  view.setUint32(keys + KEYS.flags, flags, true);
  return {
    ctx,
    packetStart: () => frame,
    packetAfter() {
      const length = packet.length;
      // As Linux: offsets that a program made up are brought back into the packet.
      const nhoff = Math.min(Math.max(memory.view.getUint16(keys + KEYS.nhoff, true), ETH_HLEN), length);
      const thoff = Math.min(Math.max(memory.view.getUint16(keys + KEYS.thoff, true), nhoff), length);
      memory.view.setUint16(keys + KEYS.nhoff, nhoff, true);
      memory.view.setUint16(keys + KEYS.thoff, thoff, true);
      return memory.read(keys, KEYS.size);
    },
    ctxAfter: () => (input.ctx === undefined ? NOTHING : memory.read(keys, KEYS.size)),
    close: () => stage.close(),
  };
}

function checkedFlags(input: RunInput): number {
  const bytes = givenCtx(input, 'bpf_flow_keys', KEYS.size);
  const stray = bytes.findIndex((byte, at) => byte !== 0 && (at < KEYS.flags || at >= KEYS.flags + 4));
  if (stray >= 0) refuseCtx('of the flow keys a caller may say the flags alone', { offset: stray });
  const flags = new DataView(bytes.buffer).getUint32(KEYS.flags, true);
  if ((flags & ~KNOWN_FLAGS) !== 0) refuseCtx(`flags 0x${flags.toString(16)} have no meaning`, { flags });
  return flags;
}
