// The hash of the flow that a packet belongs to: the same for both directions, never 0, not Linux's number, which is
// another after each boot.
import { SKB_DATA_END, SKB_HASH, SKB_HASH_SET, SKB_NETWORK_HEADER, SKB_PROTOCOL } from '../layout';

const ETH_P_IP: u32 = 0x0008;
const ETH_P_IPV6: u32 = 0xdd86;
const TCP: u32 = 6;
const UDP: u32 = 17;

@inline
function mix(hash: u64, word: u64): u64 {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

// Both ends of a flow give the same: the sum and the exclusive or do not tell them apart.
@inline
function pair(hash: u64, a: u64, b: u64): u64 { return mix(mix(hash, a + b), a ^ b); }

function hashPorts(hash: u64, at: u32, end: u32, protocol: u32): u64 {
  if ((protocol != TCP && protocol != UDP) || at + 4 > end) return hash;
  return pair(hash, <u64>load<u16>(<usize>at), <u64>load<u16>(<usize>at, 2));
}

function flowHash(skb: usize): u32 {
  const at = load<u32>(skb, SKB_NETWORK_HEADER);
  const end = load<u32>(skb, SKB_DATA_END);
  const type = load<u32>(skb, SKB_PROTOCOL);
  let hash = mix(1, <u64>type);
  if (type == ETH_P_IP && at + 20 <= end) {
    const protocol: u32 = load<u8>(<usize>at, 9);
    hash = pair(mix(hash, <u64>protocol), <u64>load<u32>(<usize>at, 12), <u64>load<u32>(<usize>at, 16));
    const isFragment = (load<u16>(<usize>at, 6) & 0xff3f) != 0;
    if (!isFragment) hash = hashPorts(hash, at + (<u32>(load<u8>(<usize>at) & 15) << 2), end, protocol);
  } else if (type == ETH_P_IPV6 && at + 40 <= end) {
    const protocol: u32 = load<u8>(<usize>at, 6);
    hash = pair(mix(hash, <u64>protocol), load<u64>(<usize>at, 8), load<u64>(<usize>at, 24));
    hash = hashPorts(pair(hash, load<u64>(<usize>at, 16), load<u64>(<usize>at, 32)), at + 40, end, protocol);
  }
  const folded = <u32>(hash ^ (hash >> 32));
  return folded ? folded : 1;
}

export function get_hash_recalc(skb: usize): u32 {
  if (!load<u32>(skb, SKB_HASH_SET)) {
    store<u32>(skb, flowHash(skb), SKB_HASH);
    store<u32>(skb, 1, SKB_HASH_SET);
  }
  return load<u32>(skb, SKB_HASH);
}
