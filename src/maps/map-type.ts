import type { SpecialField } from './special-fields.js';

/**
 * Facts about one map type. One file per type fills one of these in; `registry.ts` lists them.
 * Shared code asks for properties, never for a type's name.
 */
export interface MapType {
  /** `BPF_MAP_TYPE_*`, Linux's number. */
  readonly id: number;
  /** bpftool's word. */
  readonly name: string;
  /** First Linux that has it, e.g. `3.19`. */
  readonly since: string;
  readonly doc: string;
  /** User space sees one value for each possible CPU, each rounded up to 8 bytes. */
  readonly perCpu: boolean;
  /** Keys are indexes 0…max_entries-1, all present from the start, none ever deleted. */
  readonly indexed: boolean;
  /** A direct value address may be taken (BPF_PSEUDO_MAP_VALUE). */
  readonly directValue: boolean;
  /** What a lookup from a program yields. */
  readonly lookup: 'value' | 'inner_map' | 'socket' | 'none';
  /** Whether such a map may be inside a map of maps: never, or, by default always, only in place of one of as many entries. */
  readonly asInner?: 'never' | 'same_entries';
  /** A set without keys: a lookup asks for a value. */
  readonly asked?: boolean;
  /** BPF_F_* creation flags that are accepted, as a mask. */
  readonly flags: number;
  /** Why a map of this shape cannot be made, in the errno and words of Linux; undefined when it can. */
  checkCreate(shape: MapShape): MapRefusal | undefined;
  /** Helpers that take such a map in their map argument (`bpf_map_lookup_elem`, …). */
  readonly helpers: readonly string[];
}

export interface MapShape {
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  /** Default 0. What it means depends on the type. */
  readonly mapExtra?: bigint;
}

export interface MapRefusal {
  readonly errno: 'EINVAL' | 'E2BIG' | 'ENOMEM' | 'EPERM' | 'EOPNOTSUPP' | 'ENOTSUPP';
  readonly reason: string;
}

/** A map's type and shape: what the verifier and the JIT need to know of it. */
export interface MapFacts extends MapShape {
  readonly name: string;
  readonly type: MapType;
  readonly frozen: boolean;
  /** The bytes of a frozen read-only global-data map, whose loads are constants. */
  readonly contents?: Uint8Array;
  readonly inner?: MapFacts;
  /** Parts of the value that programs may not load or store; none when the map has no BTF. */
  readonly special?: readonly SpecialField[];
}
