// XDP frames and socket buffers, both linear: a packet is the bytes from the context's `data` to its `data_end`.
import {
  CPU_REDIRECT_FLAGS, CPU_REDIRECT_HOP, CPU_REDIRECT_IFINDEX, CPU_REDIRECT_MAP, EACCES, EFAULT, EINVAL, ENOMEM, REDIRECT_NEIGH, REDIRECT_NEXTHOP, REDIRECT_PEER, SKB_DATA, SKB_DATA_END, SKB_HEAD,
  SKB_MAC_HEADER, SKB_NETWORK_HEADER, XDP_DATA, XDP_DATA_END, XDP_DATA_META, XDP_FRAME_END, XDP_FRAME_HEADER,
  XDP_HARD_START,
} from '../layout';
import { cpuArea } from './cpu';
import { set_hash_invalid } from './skb-edit';

const ETH_HLEN: i64 = 14;
const INT_MAX: u32 = 0x7fffffff;

@inline function at(ctx: usize, offset: usize): i64 { return <i64>load<u32>(ctx + offset); }

// ---- xdp

@inline function metaLength(ctx: usize): i64 {
  const length = at(ctx, XDP_DATA) - at(ctx, XDP_DATA_META);
  return length < 0 ? 0 : length;
}

export function xdp_adjust_head(ctx: usize, offset: i32): i32 {
  const meta = metaLength(ctx);
  const data = at(ctx, XDP_DATA) + offset;
  if (data < at(ctx, XDP_HARD_START) + XDP_FRAME_HEADER + meta || data > at(ctx, XDP_DATA_END) - ETH_HLEN) return -EINVAL;
  const oldMeta = load<u32>(ctx, XDP_DATA_META);
  if (meta) memory.copy(<usize>(oldMeta + offset), <usize>oldMeta, <usize>meta);
  store<u32>(ctx, oldMeta + offset, XDP_DATA_META);
  store<u32>(ctx, <u32>data, XDP_DATA);
  return 0;
}

export function xdp_adjust_meta(ctx: usize, offset: i32): i32 {
  const meta = at(ctx, XDP_DATA_META) + offset;
  const length = at(ctx, XDP_DATA) - meta;
  if (meta < at(ctx, XDP_HARD_START) + XDP_FRAME_HEADER || length < 0) return -EINVAL;
  if (length & 3 || length > 255) return -EACCES;
  store<u32>(ctx, <u32>meta, XDP_DATA_META);
  return 0;
}

export function xdp_adjust_tail(ctx: usize, offset: i32): i32 {
  const old = at(ctx, XDP_DATA_END);
  const end = old + offset;
  if (end > at(ctx, XDP_FRAME_END) || end < at(ctx, XDP_DATA) + ETH_HLEN) return -EINVAL;
  if (offset > 0) memory.fill(<usize>old, 0, <usize>offset);
  store<u32>(ctx, <u32>end, XDP_DATA_END);
  return 0;
}

export function xdp_get_buff_len(ctx: usize): u64 {
  return <u64>(at(ctx, XDP_DATA_END) - at(ctx, XDP_DATA));
}

@inline function checkXdp(ctx: usize, offset: u32, size: u32): i32 {
  if (offset > 0xffff || size > 0xffff) return -EFAULT;
  return <u64>offset + size > xdp_get_buff_len(ctx) ? -EINVAL : 0;
}

export function xdp_load_bytes(ctx: usize, offset: u32, to: usize, size: u32): i32 {
  const error = checkXdp(ctx, offset, size);
  if (!error) memory.copy(to, <usize>(load<u32>(ctx, XDP_DATA) + offset), <usize>size);
  return error;
}

export function xdp_store_bytes(ctx: usize, offset: u32, from: usize, size: u32): i32 {
  const error = checkXdp(ctx, offset, size);
  if (!error) memory.copy(<usize>(load<u32>(ctx, XDP_DATA) + offset), from, <usize>size);
  return error;
}

/** XDP_REDIRECT, or XDP_ABORTED for flags. */
export function xdp_redirect(ifindex: u32, flags: u64): u64 {
  if (flags) return 0;
  store<u32>(cpuArea, ifindex, CPU_REDIRECT_IFINDEX);
  store<u32>(cpuArea, 0, CPU_REDIRECT_FLAGS);
  store<u32>(cpuArea, 0, CPU_REDIRECT_MAP);
  return 4;
}

// ---- socket buffers

/** TC_ACT_REDIRECT, or TC_ACT_SHOT for unknown flags. */
export function skb_redirect(ifindex: u32, flags: u64): u64 {
  return flags & ~1 ? 2 : redirectTo(ifindex, <u32>flags);
}

/** To the other end of a veth device. */
export function skb_redirect_peer(ifindex: u32, flags: u64): u64 { return flags ? 2 : redirectTo(ifindex, REDIRECT_PEER); }

function redirectTo(ifindex: u32, flags: u32): u64 {
  store<u32>(cpuArea, ifindex, CPU_REDIRECT_IFINDEX);
  store<u32>(cpuArea, flags, CPU_REDIRECT_FLAGS);
  return 7;
}

/** `sizeof(struct bpf_redir_neigh)` */
const REDIR_NEIGH: u32 = 20;

/** To a neighbour's address: the next hop is that of `params`, or, without one, of the packet's route. */
export function skb_redirect_neigh(ifindex: u32, params: usize, size: u32, flags: u64): u64 {
  if (flags || (size && size < REDIR_NEIGH)) return 2;
  if (!size) return redirectTo(ifindex, REDIRECT_NEIGH);
  memory.copy(cpuArea + CPU_REDIRECT_HOP, params, REDIR_NEIGH);
  return redirectTo(ifindex, REDIRECT_NEIGH | REDIRECT_NEXTHOP);
}

@inline function skbLength(ctx: usize): i64 { return at(ctx, SKB_DATA_END) - at(ctx, SKB_DATA); }
@inline function inSkb(ctx: usize, offset: u32, size: u32): bool {
  return offset <= INT_MAX && <i64>offset + <i64>size <= skbLength(ctx);
}

export function skb_load_bytes(ctx: usize, offset: u32, to: usize, size: u32): i32 {
  if (!inSkb(ctx, offset, size)) {
    memory.fill(to, 0, <usize>size);
    return -EFAULT;
  }
  memory.copy(to, <usize>(load<u32>(ctx, SKB_DATA) + offset), <usize>size);
  return 0;
}

/** `start`: 0 from the link-layer header, 1 from the network header. */
export function skb_load_bytes_relative(ctx: usize, offset: u32, to: usize, size: u32, start: u32): i32 {
  const from = at(ctx, start == 0 ? SKB_MAC_HEADER : SKB_NETWORK_HEADER);
  if (start > 1 || offset > 0xffff || from == 0 || from + offset + size > at(ctx, SKB_DATA_END)) {
    memory.fill(to, 0, <usize>size);
    return -EFAULT;
  }
  memory.copy(to, <usize>(from + offset), <usize>size);
  return 0;
}

export function skb_store_bytes(ctx: usize, offset: u32, from: usize, size: u32, flags: u64): i32 {
  if (flags & ~3) return -EINVAL;
  if (!inSkb(ctx, offset, size)) return -EFAULT;
  memory.copy(<usize>(load<u32>(ctx, SKB_DATA) + offset), from, <usize>size);
  if (flags & 2) set_hash_invalid(ctx);
  return 0;
}

export function skb_pull_data(ctx: usize, size: u32): i32 {
  return <i64>size > skbLength(ctx) ? -ENOMEM : 0;
}

/** Where LD_ABS and LD_IND read: 0 when outside of the packet. */
function legacyAddress(ctx: usize, offset: i32, size: i64): usize {
  let from: i64;
  if (offset >= 0) {
    from = at(ctx, SKB_DATA) + offset;
  } else if (offset >= -0x100000) {
    from = at(ctx, SKB_NETWORK_HEADER) + offset + 0x100000;
  } else if (offset >= -0x200000) {
    from = at(ctx, SKB_MAC_HEADER) + offset + 0x200000;
  } else {
    return 0;
  }
  return from < at(ctx, SKB_HEAD) || from + size > at(ctx, SKB_DATA_END) ? 0 : <usize>from;
}

/** LD_ABS and LD_IND: the value in host byte order, or all ones when the packet is too short. */
export function skb_load_1(ctx: usize, offset: i32): u64 {
  const address = legacyAddress(ctx, offset, 1);
  return address ? <u64>load<u8>(address) : u64.MAX_VALUE;
}
export function skb_load_2(ctx: usize, offset: i32): u64 {
  const address = legacyAddress(ctx, offset, 2);
  return address ? <u64>bswap<u16>(load<u16>(address)) : u64.MAX_VALUE;
}
export function skb_load_4(ctx: usize, offset: i32): u64 {
  const address = legacyAddress(ctx, offset, 4);
  return address ? <u64>bswap<u32>(load<u32>(address)) : u64.MAX_VALUE;
}
