// Longest-prefix-match tries: unibit, path-compressed, with intermediate nodes where two prefixes part, as Linux's.
// A key is u32 prefix length, then the bytes. Lookups take no lock: nodes never leave their map.
import {
  EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC, F_NO_PREALLOC, LPM_CHILDREN, LPM_DATA, LPM_HEAD, LPM_INTERMEDIATE, LPM_LOCK,
  LPM_PREFIX, LPM_ROOT, MAP_BYTES, MAP_COUNT, MAP_HEADER_SIZE, MAP_KEY_SIZE, MAP_MAX_ENTRIES, MAP_REFUSALS, MAP_STRIDE,
  MAP_VALUE_OFFSET, MAP_VALUE_SIZE,
} from '../layout';
import { alloc, free } from './alloc';
import { newHeader } from './array';
import { acquire, release, roundUp } from './cpu';
import { give, take } from './hash';

/** In a key: where the bytes start. */
const KEY_DATA: usize = 4;

export function lpm_create(type: u32, keySize: u32, valueSize: u32, maxEntries: u32, flags: u32): usize {
  const valueOffset = roundUp(<usize>LPM_DATA + <usize>keySize - <usize>KEY_DATA, 8);
  const map = newHeader(type, keySize, valueSize, maxEntries, flags | F_NO_PREALLOC);
  if (!map) return 0;
  store<u32>(map, <u32>valueOffset, MAP_VALUE_OFFSET);
  store<u32>(map, <u32>(valueOffset + roundUp(<usize>valueSize, 8)), MAP_STRIDE);
  store<u32>(map, MAP_HEADER_SIZE, MAP_BYTES);
  return map;
}

@inline function dataSize(map: usize): usize { return <usize>load<u32>(map, MAP_KEY_SIZE) - KEY_DATA; }
@inline function maxPrefix(map: usize): u32 { return (load<u32>(map, MAP_KEY_SIZE) << 3) - 32; }
@inline function prefixOf(node: usize): u32 { return load<u32>(node, LPM_PREFIX) & ~LPM_INTERMEDIATE; }
@inline function isIntermediate(node: usize): bool { return (load<u32>(node, LPM_PREFIX) & LPM_INTERMEDIATE) != 0; }
@inline function child(node: usize, bit: u32): usize { return node + LPM_CHILDREN + (<usize>bit << 2); }
@inline function bitOf(data: usize, index: u32): u32 {
  return (load<u8>(data + <usize>(index >> 3)) >> (7 - (index & 7))) & 1;
}
// The first four bytes as one number, the first bit highest. What lies behind short data is never looked at.
@inline function headOf(data: usize): u32 { return bswap<u32>(load<u32>(data)); }

// How many bits agree, at most `limit`. May read up to 7 bytes behind the key: an allocated block, a stack and the
// last word of the memory all leave room for that.
function agreeing(a: usize, b: usize, limit: u32): u32 {
  for (let bits: u32 = 0; bits < limit; bits += 64) {
    const difference = load<u64>(a + <usize>(bits >> 3)) ^ load<u64>(b + <usize>(bits >> 3));
    if (difference) return min<u32>(limit, bits + <u32>clz<u64>(bswap<u64>(difference)));
  }
  return limit;
}

// Whether all bits up to `to` agree. Those up to `from` are known to.
@inline
function agree(a: usize, b: usize, from: u32, to: u32): bool {
  for (let bits = from & ~63; bits < to; bits += 64) {
    const difference = load<u64>(a + <usize>(bits >> 3)) ^ load<u64>(b + <usize>(bits >> 3));
    if (difference && bits + <u32>clz<u64>(bswap<u64>(difference)) < to) return false;
  }
  return true;
}

@inline
function longestMatch(map: usize, node: usize, key: usize): u32 {
  return agreeing(node + LPM_DATA, key + KEY_DATA, min<u32>(prefixOf(node), load<u32>(key)));
}

/** The value of the longest prefix that covers the key, or 0. */
export function lpm_lookup(map: usize, key: usize): usize {
  const limit = load<u32>(key);
  const most = maxPrefix(map);
  if (limit > most) return 0;
  const head = headOf(key + KEY_DATA);
  let found: usize = 0;
  let matched: u32 = 0;
  let node = <usize>load<u32>(map, LPM_ROOT);
  while (node) {
    const word = load<u32>(node, LPM_PREFIX);
    const prefix = word & ~LPM_INTERMEDIATE;
    if (prefix > limit) break;
    if (prefix <= 32) {
      if (<u32>clz<u32>(load<u32>(node, LPM_HEAD) ^ head) < prefix) break;
    } else if (!agree(node + LPM_DATA, key + KEY_DATA, matched, prefix)) break;
    if (!(word & LPM_INTERMEDIATE)) found = node;
    // A node that another CPU took away and used again elsewhere may lead upwards.
    if (prefix >= most || (matched && prefix <= matched)) break;
    matched = prefix;
    const bit = prefix < 32 ? (head >> (31 - prefix)) & 1 : bitOf(key + KEY_DATA, prefix);
    node = <usize>load<u32>(child(node, bit));
  }
  return found ? found + <usize>load<u32>(map, MAP_VALUE_OFFSET) : 0;
}

function newNode(map: usize, prefix: u32, data: usize): usize {
  const node = take(map);
  if (!node) return 0;
  store<u64>(node, 0, LPM_CHILDREN);
  store<u32>(node, prefix, LPM_PREFIX);
  memory.copy(node + LPM_DATA, data, dataSize(map));
  store<u32>(node, headOf(node + LPM_DATA), LPM_HEAD);
  return node;
}

// Counts a new entry in, or says why there can be none.
function checkAdd(map: usize, flags: u64): i32 {
  if (flags == 2) return -ENOENT;
  if (load<u32>(map, MAP_COUNT) == load<u32>(map, MAP_MAX_ENTRIES)) {
    store<u64>(map, load<u64>(map, MAP_REFUSALS) + 1, MAP_REFUSALS);
    return -ENOSPC;
  }
  store<u32>(map, load<u32>(map, MAP_COUNT) + 1, MAP_COUNT);
  return 0;
}

// Puts `fresh` where the key belongs. 0, or a negated errno.
function place(map: usize, key: usize, flags: u64, fresh: usize): i32 {
  const prefix = load<u32>(key);
  let slot = map + LPM_ROOT;
  let node = <usize>load<u32>(slot);
  let matched: u32 = 0;
  while (node) {
    matched = longestMatch(map, node, key);
    if (prefixOf(node) != matched || prefixOf(node) == prefix) break;
    slot = child(node, bitOf(key + KEY_DATA, matched));
    node = <usize>load<u32>(slot);
  }
  if (node && prefixOf(node) == matched && !isIntermediate(node)) {
    if (flags == 1) return -EEXIST;
  } else {
    const error = checkAdd(map, flags);
    if (error) return error;
  }
  if (!node) {
    store<u32>(slot, <u32>fresh);
  } else if (prefixOf(node) == matched) {
    store<u64>(fresh, load<u64>(node, LPM_CHILDREN), LPM_CHILDREN);
    store<u32>(slot, <u32>fresh);
    give(map, node);
  } else if (matched == prefix) {
    store<u32>(child(fresh, bitOf(node + LPM_DATA, matched)), <u32>node);
    store<u32>(slot, <u32>fresh);
  } else {
    const fork = newNode(map, matched | LPM_INTERMEDIATE, node + LPM_DATA);
    if (!fork) {
      store<u32>(map, load<u32>(map, MAP_COUNT) - 1, MAP_COUNT);
      return -ENOMEM;
    }
    const bit = bitOf(key + KEY_DATA, matched);
    store<u32>(child(fork, bit), <u32>fresh);
    store<u32>(child(fork, bit ^ 1), <u32>node);
    store<u32>(slot, <u32>fork);
  }
  return 0;
}

export function lpm_update(map: usize, key: usize, value: usize, flags: u64): i32 {
  if (flags > 2 || load<u32>(key) > maxPrefix(map)) return -EINVAL;
  acquire(map + LPM_LOCK);
  let result = -ENOMEM;
  const fresh = newNode(map, load<u32>(key), key + KEY_DATA);
  if (fresh) {
    memory.copy(fresh + <usize>load<u32>(map, MAP_VALUE_OFFSET), value, <usize>load<u32>(map, MAP_VALUE_SIZE));
    result = place(map, key, flags, fresh);
    if (result) give(map, fresh);
  }
  release(map + LPM_LOCK);
  return result;
}

function remove(map: usize, key: usize): i32 {
  const prefix = load<u32>(key);
  let slot = map + LPM_ROOT;
  let parentSlot = slot;
  let parent: usize = 0;
  let node = <usize>load<u32>(slot);
  while (node) {
    const matched = longestMatch(map, node, key);
    if (prefixOf(node) != matched) return -ENOENT;
    if (matched == prefix) break;
    parent = node;
    parentSlot = slot;
    slot = child(node, bitOf(key + KEY_DATA, matched));
    node = <usize>load<u32>(slot);
  }
  if (!node || isIntermediate(node)) return -ENOENT;
  store<u32>(map, load<u32>(map, MAP_COUNT) - 1, MAP_COUNT);
  const left = load<u32>(child(node, 0));
  const right = load<u32>(child(node, 1));
  if (left && right) {
    store<u32>(node, prefix | LPM_INTERMEDIATE, LPM_PREFIX);
    return 0;
  }
  if (parent && isIntermediate(parent) && !left && !right) {
    const sibling = load<u32>(child(parent, <u32>node == load<u32>(child(parent, 0)) ? 1 : 0));
    store<u32>(parentSlot, sibling);
    give(map, parent);
  } else {
    store<u32>(slot, left ? left : right);
  }
  give(map, node);
  return 0;
}

export function lpm_delete(map: usize, key: usize): i32 {
  if (load<u32>(key) > maxPrefix(map)) return -EINVAL;
  acquire(map + LPM_LOCK);
  const result = remove(map, key);
  release(map + LPM_LOCK);
  return result;
}

// The first prefix of a subtree in postorder. Intermediate nodes have two children.
function leftmost(node: usize): usize {
  let found: usize = 0;
  while (node) {
    const left = <usize>load<u32>(child(node, 0));
    if (isIntermediate(node)) {
      node = left;
    } else {
      found = node;
      node = left ? left : <usize>load<u32>(child(node, 1));
    }
  }
  return found;
}

// The node after the one at the end of a path, in postorder; 0 after the last.
function after(path: usize, depth: u32): usize {
  let node = <usize>load<u32>(path + (<usize>depth << 2));
  while (depth > 0) {
    const parent = <usize>load<u32>(path + (<usize>(--depth) << 2));
    const right = <usize>load<u32>(child(parent, 1));
    if (<usize>load<u32>(child(parent, 0)) == node && right) return leftmost(right);
    if (!isIntermediate(parent)) return parent;
    node = parent;
  }
  return 0;
}

function next(map: usize, key: usize, path: usize): usize {
  const root = <usize>load<u32>(map, LPM_ROOT);
  let depth: u32 = 0;
  for (let node = root; node; ) {
    store<u32>(path + (<usize>depth << 2), <u32>node);
    const matched = longestMatch(map, node, key);
    if (prefixOf(node) != matched) break;
    if (matched == load<u32>(key)) return isIntermediate(node) ? leftmost(root) : after(path, depth);
    depth++;
    node = <usize>load<u32>(child(node, bitOf(key + KEY_DATA, matched)));
  }
  return leftmost(root);
}

/** In postorder: longer prefixes before those that cover them. After a key that is not there comes the first again. */
export function lpm_next_key(map: usize, key: usize, to: usize): i32 {
  acquire(map + LPM_LOCK);
  let found: usize = 0;
  let result = -ENOENT;
  if (!key || load<u32>(key) > maxPrefix(map)) {
    found = leftmost(<usize>load<u32>(map, LPM_ROOT));
  } else if (load<u32>(map, LPM_ROOT)) {
    const path = alloc(<usize>(maxPrefix(map) + 1) << 2);
    if (path) found = next(map, key, path);
    else result = -ENOMEM;
    free(path);
  }
  if (found) {
    store<u32>(to, prefixOf(found));
    memory.copy(to + KEY_DATA, found + LPM_DATA, dataSize(map));
    result = 0;
  }
  release(map + LPM_LOCK);
  return result;
}
