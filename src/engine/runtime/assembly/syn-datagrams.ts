// IP datagrams in fragments that are not complete yet: what their first bytes are and which parts have been seen.
import { DATAGRAM_HEAD, RP_FRAGMENTS, RP_SYN_DADDR, RP_SYN_ROOM, RP_SYN_SADDR } from '../replay-layout';
import { alloc_zeroed, free } from './alloc';

/** More push the one out that has waited longest for a fragment. */
const MAX_DATAGRAMS: u32 = 16384;
const BUCKETS: u32 = 4096;

// The table: how many there are, the ends of the list from the longest waiting to the latest, a copy of the last
// complete one's first bytes, and the buckets.
const T_COUNT: usize = 0;
const T_OLDEST: usize = 4;
const T_LATEST: usize = 8;
const T_HEAD: usize = 16;
const T_BUCKETS: usize = T_HEAD + <usize>DATAGRAM_HEAD;
const T_SIZE: usize = T_BUCKETS + <usize>BUCKETS * 4;

// An entry: links of its bucket and of the list, its key, its length (0 until the last fragment told), one bit for
// each of the 8192 units of 8 bytes, the first bytes, and for each of those the offset, plus one, of the fragment that
// it is from.
const D_CHAIN: usize = 0;
const D_OLDER: usize = 4;
const D_NEWER: usize = 8;
const D_TOTAL: usize = 12;
const D_FAMILY: usize = 16;
const D_ID: usize = 20;
const D_SADDR: usize = 24;
const D_DADDR: usize = 40;
const D_SEEN: usize = 56;
const D_HEAD: usize = D_SEEN + 1024;
const D_FROM: usize = D_HEAD + <usize>DATAGRAM_HEAD;
const D_SIZE: usize = D_FROM + <usize>DATAGRAM_HEAD * 2;

@inline
function at(address: usize): usize {
  return load<u32>(address);
}

@inline
function addressSize(family: u32): usize {
  return family == 4 ? 4 : 16;
}

function bucketOf(table: usize, family: u32, id: u32, saddr: usize, daddr: usize): usize {
  let hash: u32 = id;
  for (let i: usize = 0; i < addressSize(family); i += 4) {
    hash = (hash ^ load<u32>(saddr + i)) * 0x9e3779b1;
    hash = (hash ^ hash >> 15 ^ load<u32>(daddr + i)) * 0x85ebca6b;
  }
  return table + T_BUCKETS + <usize>((hash ^ hash >> 16) & (BUCKETS - 1)) * 4;
}

function find(bucket: usize, family: u32, id: u32, saddr: usize, daddr: usize): usize {
  const size = addressSize(family);
  for (let entry = at(bucket); entry; entry = at(entry + D_CHAIN)) {
    if (
      at(entry + D_ID) == <usize>id && at(entry + D_FAMILY) == <usize>family &&
      memory.compare(entry + D_SADDR, saddr, size) == 0 && memory.compare(entry + D_DADDR, daddr, size) == 0
    ) return entry;
  }
  return 0;
}

/** Takes it out of the list from the longest waiting to the latest. */
function leaveList(table: usize, entry: usize): void {
  const older = at(entry + D_OLDER);
  const newer = at(entry + D_NEWER);
  store<u32>(older ? older + D_NEWER : table + T_OLDEST, <u32>newer);
  store<u32>(newer ? newer + D_OLDER : table + T_LATEST, <u32>older);
}

function joinList(table: usize, entry: usize): void {
  const latest = at(table + T_LATEST);
  store<u32>(entry + D_OLDER, <u32>latest);
  store<u32>(entry + D_NEWER, 0);
  store<u32>(latest ? latest + D_NEWER : table + T_OLDEST, <u32>entry);
  store<u32>(table + T_LATEST, <u32>entry);
}

function remove(table: usize, entry: usize): void {
  const family = <u32>at(entry + D_FAMILY);
  let link = bucketOf(table, family, <u32>at(entry + D_ID), entry + D_SADDR, entry + D_DADDR);
  while (at(link) != entry) link = at(link) + D_CHAIN;
  store<u32>(link, <u32>at(entry + D_CHAIN));
  leaveList(table, entry);
  store<u32>(table + T_COUNT, <u32>at(table + T_COUNT) - 1);
  free(entry);
}

function begin(table: usize, bucket: usize, family: u32, id: u32, saddr: usize, daddr: usize): usize {
  if (at(table + T_COUNT) >= <usize>MAX_DATAGRAMS) remove(table, at(table + T_OLDEST));
  const entry = alloc_zeroed(D_SIZE);
  if (!entry) return 0;
  store<u32>(entry + D_FAMILY, family);
  store<u32>(entry + D_ID, id);
  memory.copy(entry + D_SADDR, saddr, addressSize(family));
  memory.copy(entry + D_DADDR, daddr, addressSize(family));
  store<u32>(entry + D_CHAIN, <u32>at(bucket));
  store<u32>(bucket, <u32>entry);
  joinList(table, entry);
  store<u32>(table + T_COUNT, <u32>at(table + T_COUNT) + 1);
  return entry;
}

/** Where fragments overlap, the one that starts first in the datagram wins, and of two equal ones the earlier. */
function keepHead(entry: usize, source: usize, offset: u32, size: u32): void {
  const end = min(offset + size, <u32>DATAGRAM_HEAD);
  for (let place = offset; place < end; place++) {
    const from = entry + D_FROM + <usize>place * 2;
    const known: u32 = load<u16>(from);
    if (known && known <= offset + 1) continue;
    store<u8>(entry + D_HEAD + place, load<u8>(source + place - offset));
    store<u16>(from, <u16>(offset + 1));
  }
}

function markSeen(entry: usize, first: u32, end: u32): void {
  for (let unit = first; unit < end; unit++) {
    const byte = entry + D_SEEN + <usize>(unit >> 3);
    store<u8>(byte, <u8>(<u32>load<u8>(byte) | (<u32>1 << (unit & 7))));
  }
}

function isWhole(entry: usize): bool {
  const units = (<u32>at(entry + D_TOTAL) + 7) >> 3;
  if (!units) return false;
  for (let i: u32 = 0; i < units >> 6; i++) {
    if (~load<u64>(entry + D_SEEN + <usize>i * 8)) return false;
  }
  const want = (<u64>1 << (units & 63)) - 1;
  return !want || (load<u64>(entry + D_SEEN + <usize>(units >> 6) * 8) & want) == want;
}

/**
 * Adds a whole fragment of the datagram between the addresses that `state` points to.
 * @returns when it completes it: its first bytes, with their number in `RP_SYN_ROOM`; else 0
 */
export function datagramAdd(
  state: usize, family: u32, id: u32, source: usize, size: u32, offset: u32, more: u32,
): usize {
  let table = <usize>load<u32>(state, RP_FRAGMENTS);
  if (!table) {
    table = alloc_zeroed(T_SIZE);
    if (!table) return 0;
    store<u32>(state, <u32>table, RP_FRAGMENTS);
  }
  const saddr = <usize>load<u32>(state, RP_SYN_SADDR);
  const daddr = <usize>load<u32>(state, RP_SYN_DADDR);
  const bucket = bucketOf(table, family, id, saddr, daddr);
  let entry = find(bucket, family, id, saddr, daddr);
  if (entry) {
    leaveList(table, entry);
    joinList(table, entry);
  } else {
    entry = begin(table, bucket, family, id, saddr, daddr);
    if (!entry) return 0;
  }
  const end = offset + size;
  if (!more && !at(entry + D_TOTAL)) store<u32>(entry + D_TOTAL, end);
  keepHead(entry, source, offset, size);
  markSeen(entry, offset >> 3, more ? end >> 3 : (end + 7) >> 3);
  if (!isWhole(entry)) return 0;
  memory.copy(table + T_HEAD, entry + D_HEAD, DATAGRAM_HEAD);
  store<u32>(state, min(<u32>at(entry + D_TOTAL), <u32>DATAGRAM_HEAD), RP_SYN_ROOM);
  remove(table, entry);
  return table + T_HEAD;
}

/** Forgets all incomplete datagrams, as at the end of a capture. */
export function replay_forget(state: usize): void {
  const table = <usize>load<u32>(state, RP_FRAGMENTS);
  if (!table) return;
  for (let entry = at(table + T_OLDEST); entry; ) {
    const next = at(entry + D_NEWER);
    free(entry);
    entry = next;
  }
  free(table);
  store<u32>(state, 0, RP_FRAGMENTS);
}
