import { KernelError } from '../errors/errno.js';
import { array } from './array.js';
import { arrayOfMaps } from './array-of-maps.js';
import { bloomFilter } from './bloom-filter.js';
import { cgroupArray } from './cgroup-array.js';
import { cpumap } from './cpumap.js';
import { devmap, devmapHash } from './devmap.js';
import { hash } from './hash.js';
import { hashOfMaps } from './hash-of-maps.js';
import { LINUX_ONLY } from './linux-only.js';
import { lpmTrie } from './lpm-trie.js';
import { lruHash } from './lru-hash.js';
import { lruPercpuHash } from './lru-percpu-hash.js';
import type { MapKind, MapType } from './map-type.js';
import { percpuArray } from './percpu-array.js';
import { percpuHash } from './percpu-hash.js';
import { perfEventArray } from './perf-event-array.js';
import { progArray } from './prog-array.js';
import { queue } from './queue.js';
import { ringbuf } from './ringbuf.js';
import { stack } from './stack.js';
import { xskmap } from './xskmap.js';

/** The map types that skep knows all about, ascending by id. */
export const MAP_TYPES: readonly MapType[] = [
  hash,
  array,
  progArray,
  perfEventArray,
  percpuHash,
  percpuArray,
  cgroupArray,
  lruHash,
  lruPercpuHash,
  lpmTrie,
  arrayOfMaps,
  hashOfMaps,
  devmap,
  cpumap,
  xskmap,
  queue,
  stack,
  devmapHash,
  ringbuf,
  bloomFilter,
];

/** A map type of Linux: number, bpftool's word, first kernel. */
export interface MapTypeName {
  readonly id: number;
  readonly name: string;
  readonly since: string;
}

/** All map types of Linux 6.18 (`enum bpf_map_type`), whether skep runs them or not. */
export const LINUX_MAP_TYPES = [
  { id: 1, name: 'hash', since: '3.19' },
  { id: 2, name: 'array', since: '3.19' },
  { id: 3, name: 'prog_array', since: '4.2' },
  { id: 4, name: 'perf_event_array', since: '4.3' },
  { id: 5, name: 'percpu_hash', since: '4.6' },
  { id: 6, name: 'percpu_array', since: '4.6' },
  { id: 7, name: 'stack_trace', since: '4.6' },
  { id: 8, name: 'cgroup_array', since: '4.8' },
  { id: 9, name: 'lru_hash', since: '4.10' },
  { id: 10, name: 'lru_percpu_hash', since: '4.10' },
  { id: 11, name: 'lpm_trie', since: '4.11' },
  { id: 12, name: 'array_of_maps', since: '4.12' },
  { id: 13, name: 'hash_of_maps', since: '4.12' },
  { id: 14, name: 'devmap', since: '4.14' },
  { id: 15, name: 'sockmap', since: '4.14' },
  { id: 16, name: 'cpumap', since: '4.15' },
  { id: 17, name: 'xskmap', since: '4.18' },
  { id: 18, name: 'sockhash', since: '4.18' },
  { id: 19, name: 'cgroup_storage', since: '4.19' },
  { id: 20, name: 'reuseport_sockarray', since: '4.19' },
  { id: 21, name: 'percpu_cgroup_storage', since: '4.20' },
  { id: 22, name: 'queue', since: '4.20' },
  { id: 23, name: 'stack', since: '4.20' },
  { id: 24, name: 'sk_storage', since: '5.2' },
  { id: 25, name: 'devmap_hash', since: '5.4' },
  { id: 26, name: 'struct_ops', since: '5.6' },
  { id: 27, name: 'ringbuf', since: '5.8' },
  { id: 28, name: 'inode_storage', since: '5.10' },
  { id: 29, name: 'task_storage', since: '5.11' },
  { id: 30, name: 'bloom_filter', since: '5.16' },
  { id: 31, name: 'user_ringbuf', since: '6.1' },
  { id: 32, name: 'cgrp_storage', since: '6.2' },
  { id: 33, name: 'arena', since: '6.9' },
] as const satisfies readonly MapTypeName[];

const byName = new Map(MAP_TYPES.map((type) => [type.name, type]));

/** The facts of a map type by bpftool's word or Linux's number, if skep has them. */
export function findMapType(nameOrId: string | number): MapType | undefined {
  return typeof nameOrId === 'string' ? byName.get(nameOrId) : MAP_TYPES.find((type) => type.id === nameOrId);
}

/** bpftool's word for a number; undefined when Linux 6.18 has no such type. */
export function mapTypeName(id: number): string | undefined {
  return LINUX_MAP_TYPES.find((type) => type.id === id)?.name;
}

/** What the verifier knows of a map type, whether the engine runs it or not. @throws {KernelError} as `mapType`. */
export function mapKind(name: string): MapKind {
  return LINUX_ONLY.find((kind) => kind.name === name) ?? mapType(name);
}

/** @throws {KernelError} EINVAL for a word that Linux does not know either, EOPNOTSUPP for a type still missing here. */
export function mapType(name: string): MapType {
  const type = byName.get(name);
  if (type !== undefined) return type;
  const known = LINUX_MAP_TYPES.find((row) => row.name === name);
  if (known !== undefined) {
    throw new KernelError('EOPNOTSUPP', `Maps of type ${name} are not supported yet.`, {
      facts: { type: name, id: known.id, since: known.since },
      hint: `Supported: ${MAP_TYPES.map((row) => row.name).join(', ')}.`,
    });
  }
  throw new KernelError('EINVAL', `There is no map type ${JSON.stringify(name)}.`, {
    facts: { type: name },
    hint: `Linux has ${LINUX_MAP_TYPES.map((row) => row.name).join(', ')}.`,
  });
}
