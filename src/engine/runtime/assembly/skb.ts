// The __sk_buff of a replayed frame, as tc programs and packet sockets see it.
import {
  SKB_CTX_SIZE, SKB_DATA, SKB_DATA_END, SKB_DATA_META, SKB_END, SKB_HEAD, SKB_IFINDEX,
  SKB_INGRESS_IFINDEX, SKB_LEN, SKB_MAC_HEADER, SKB_NETWORK_HEADER, SKB_PKT_TYPE, SKB_PROTOCOL, SKB_TSTAMP,
  SKB_VLAN_PRESENT, SKB_VLAN_PROTO, SKB_VLAN_TCI, SKB_WIRE_LEN,
} from '../layout';
import { skb_release } from './skb-edit';
import { FRAME_AREA, RP_FLAG_EGRESS, RP_FLAGS, RP_FRAME, RP_IFINDEX, RP_SKB, RP_TIME } from '../replay-layout';

const PACKET_BROADCAST: u32 = 1;
const PACKET_MULTICAST: u32 = 2;
const PACKET_OUTGOING: u32 = 4;
/** EtherTypes in the order in which their bytes are read. */
const VLAN_8021Q: u32 = 0x0081;
const VLAN_8021AD: u32 = 0xa888;
const ETH_HEADER: u32 = 14;
const VLAN_TAG: u32 = 4;

function packetType(state: usize, data: usize): u32 {
  if (load<u32>(state, RP_FLAGS) & RP_FLAG_EGRESS) return PACKET_OUTGOING;
  if (load<u32>(data) == 0xffffffff && load<u16>(data, 4) == 0xffff) return PACKET_BROADCAST;
  return load<u8>(data) & 1 ? PACKET_MULTICAST : 0;
}

/** The frame that the stack works on: its address, captured bytes, and bytes on the wire; its outer VLAN tag. */
export let frameData: u32 = 0;
export let frameSize: u32 = 0;
export let frameWire: u32 = 0;
let vlanProtocol: u32 = 0;
let vlanTci: u32 = 0;

/** Takes a frame over. As Linux does on receive, its outer VLAN tag moves into the skb (skb_vlan_untag). */
export function frameEnter(state: usize, data: u32, size: u32, wire: u32): void {
  frameData = data;
  frameSize = size;
  frameWire = wire;
  vlanProtocol = 0;
  if (size < ETH_HEADER + VLAN_TAG || load<u32>(state, RP_FLAGS) & RP_FLAG_EGRESS) return;
  const protocol: u32 = load<u16>(data, 12);
  if (protocol != VLAN_8021Q && protocol != VLAN_8021AD) return;
  vlanProtocol = protocol;
  vlanTci = bswap<u16>(load<u16>(data, 14));
  memory.copy(data + VLAN_TAG, data, 12);
  frameData = data + VLAN_TAG;
  frameSize = size - VLAN_TAG;
  frameWire = wire - VLAN_TAG;
}

/** Fills the context for the frame that was entered. `len` is what was captured, `wire_len` what was sent. */
export function skbFill(state: usize): usize {
  const ctx = <usize>load<u32>(state, RP_SKB);
  skb_release(ctx);
  memory.fill(ctx, 0, SKB_CTX_SIZE);
  const data = frameData;
  const ifindex = load<u32>(state, RP_IFINDEX);
  const area = load<u32>(state, RP_FRAME);
  store<u32>(ctx, frameSize, SKB_LEN);
  store<u32>(ctx, packetType(state, data), SKB_PKT_TYPE);
  store<u32>(ctx, frameSize >= ETH_HEADER ? <u32>load<u16>(data, 12) : 0, SKB_PROTOCOL);
  store<u32>(ctx, vlanProtocol ? 1 : 0, SKB_VLAN_PRESENT);
  store<u32>(ctx, vlanProtocol ? vlanTci : 0, SKB_VLAN_TCI);
  store<u32>(ctx, vlanProtocol, SKB_VLAN_PROTO);
  store<u32>(ctx, load<u32>(state, RP_FLAGS) & RP_FLAG_EGRESS ? 0 : ifindex, SKB_INGRESS_IFINDEX);
  store<u32>(ctx, ifindex, SKB_IFINDEX);
  store<u32>(ctx, data, SKB_DATA);
  store<u32>(ctx, data + frameSize, SKB_DATA_END);
  store<u32>(ctx, data, SKB_DATA_META);
  store<u64>(ctx, load<u64>(state, RP_TIME), SKB_TSTAMP);
  store<u32>(ctx, frameWire, SKB_WIRE_LEN);
  store<u32>(ctx, area, SKB_HEAD);
  store<u32>(ctx, area + FRAME_AREA, SKB_END);
  store<u32>(ctx, data, SKB_MAC_HEADER);
  store<u32>(ctx, data + ETH_HEADER, SKB_NETWORK_HEADER);
  return ctx;
}
