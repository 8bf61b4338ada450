import { checkFlags } from './checks.js';
import { ELEMENT_HELPERS } from './element-helpers.js';
import { ACCESS_FLAGS, MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.noPrealloc | MAP_FLAG.numaNode | ACCESS_FLAGS;
/** The prefix length and 1 to 256 bytes. */
const KEY_SIZES = { min: 5, max: 260 };
/** KMALLOC_MAX_SIZE less the longest data and sizeof(struct lpm_trie_node). */
const MAX_VALUE = 4194304 - 256 - 24;

function check(shape: MapShape): MapRefusal | undefined {
  const { keySize, valueSize, maxEntries, flags } = shape;
  const refuse = (reason: string): MapRefusal => ({ errno: 'EINVAL', reason });
  if (maxEntries === 0) return refuse('a trie needs room for at least one entry');
  if ((flags & MAP_FLAG.noPrealloc) === 0) return refuse('a trie has to be made with BPF_F_NO_PREALLOC (1)');
  const refusal = checkFlags(shape, FLAGS);
  if (refusal !== undefined) return refusal;
  if (keySize < KEY_SIZES.min || keySize > KEY_SIZES.max) {
    return refuse(
      `keys of a trie are 4 bytes of prefix length and 1 to 256 bytes more, not ${keySize} in all`,
    );
  }
  return valueSize >= 1 && valueSize <= MAX_VALUE
    ? undefined
    : refuse(`values of a trie have 1 to ${MAX_VALUE} bytes, not ${valueSize}`);
}

/** Longest prefix match, as routing tables do. Linux: lpm_trie.c. */
export const lpmTrie: MapType = {
  id: 11,
  name: 'lpm_trie',
  since: '4.11',
  doc: 'Prefixes of bit strings: a lookup finds the longest one that covers a key, as a routing table does. Keys are a u32 prefix length and the bytes.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'value',
  flags: FLAGS,
  checkCreate: check,
  helpers: ELEMENT_HELPERS.filter((name) => name !== 'bpf_for_each_map_elem'),
};
