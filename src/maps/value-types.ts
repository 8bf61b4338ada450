import { resolve, trySizeOf } from '../btf/index.js';
import type { Btf, BtfTypeId } from '../btf/types.js';
import { type SpecialField, specialFields } from './special-fields.js';

/** The types of a map as Linux took them when the map was made. */
export interface ValueTypes {
  readonly btf: Btf;
  /** 0 when its keys have no type. */
  readonly key: BtfTypeId;
  readonly value: BtfTypeId;
  /** By offset. */
  readonly special: readonly SpecialField[];
}

/** What decides whether a map has types: the part of a `MapSpec`. */
export interface TypedShape {
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly keyType?: BtfTypeId;
  readonly valueType?: BtfTypeId;
  readonly btf?: Btf;
  /** The values are a section of the object: its keys have no type. */
  readonly section?: string;
}

/** Map types whose creation libbpf tells nothing of types. */
const UNTYPED: ReadonlySet<string> = new Set([
  'perf_event_array',
  'cgroup_array',
  'stack_trace',
  'array_of_maps',
  'hash_of_maps',
  'devmap',
  'devmap_hash',
  'cpumap',
  'xskmap',
  'sockmap',
  'sockhash',
  'queue',
  'stack',
  'arena',
  'ringbuf',
  'user_ringbuf',
  'prog_array',
  'bloom_filter',
]);

const STORAGES = ['sk_storage', 'inode_storage', 'task_storage', 'cgrp_storage'];
const OBJECT_MAPS = ['hash', 'lru_hash', 'array'];
const KPTR_MAPS = [...OBJECT_MAPS, 'percpu_hash', 'lru_percpu_hash', 'percpu_array', ...STORAGES];
const LOCK_MAPS = ['hash', 'array', 'cgroup_storage', ...STORAGES];

/** The map types whose values may have a field. Linux: map_check_btf. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  bpf_spin_lock: LOCK_MAPS,
  bpf_res_spin_lock: LOCK_MAPS,
  bpf_timer: OBJECT_MAPS,
  bpf_wq: OBJECT_MAPS,
  bpf_task_work: OBJECT_MAPS,
  kptr: KPTR_MAPS,
  percpu_kptr: KPTR_MAPS,
  bpf_refcount: KPTR_MAPS,
  uptr: ['task_storage'],
  bpf_list_head: OBJECT_MAPS,
  bpf_rb_root: OBJECT_MAPS,
};

/**
 * The types that a map has for Linux. A map whose types Linux refuses is made without any, as libbpf does: what is
 * special in its values is plain bytes then.
 */
export function valueTypes(shape: TypedShape): ValueTypes | undefined {
  const { type, btf, keyType, valueType, keySize, valueSize } = shape;
  if (btf === undefined || valueType === undefined || UNTYPED.has(type)) return undefined;
  const hasKey = keyType !== undefined && btf.types.at(resolve(btf, keyType))?.kind !== 'void';
  if (!hasKey && shape.section === undefined) return undefined;
  if (hasKey && keySize !== trySizeOf(btf, keyType)) return undefined;
  if (valueSize !== trySizeOf(btf, valueType)) return undefined;
  // Of a type that Linux cannot take apart it knows nothing special, and says nothing.
  const special = specialFields(btf, valueType) ?? [];
  if (!special.every(({ name }) => ALLOWED[name]?.includes(type) === true)) return undefined;
  return { btf, key: hasKey ? keyType : 0, value: valueType, special };
}
