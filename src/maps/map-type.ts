import type { ValueTypes } from './value-types.js';

/** What the verifier knows of a map type. Shared code asks for properties, never for a type's name. */
export interface MapKind {
  /** `BPF_MAP_TYPE_*`, Linux's number. */
  readonly id: number;
  /** bpftool's word. */
  readonly name: string;
  /** Keys are indexes 0…max_entries-1, all present from the start, none ever deleted. */
  readonly indexed: boolean;
  /** A direct value address may be taken (BPF_PSEUDO_MAP_VALUE). */
  readonly directValue: boolean;
  /** What a lookup from a program yields; `owned_socket` is one to be released. */
  readonly lookup: 'value' | 'inner_map' | 'owned_socket' | 'xdp_socket' | 'none';
  /** It is memory that programs share with user space, under addresses of user space: it has no keys and values. */
  readonly isArena?: boolean;
  /** BPF_F_* flags that Linux adds to every map of the type. */
  readonly impliedFlags?: number;
  /** Program types, and `iter` for iterators, whose programs may call a helper on such a map, where not all may. */
  readonly callers?: Readonly<Record<string, readonly string[]>>;
  /** Helpers that take such a map in their map argument (`bpf_map_lookup_elem`, …). */
  readonly helpers: readonly string[];
}

/**
 * All facts about a map type that the engine runs. One file per type fills one of these in; `registry.ts` lists them.
 */
export interface MapType extends MapKind {
  /** First Linux that has it, e.g. `3.19`. */
  readonly since: string;
  readonly doc: string;
  /** User space sees one value for each possible CPU, each rounded up to 8 bytes. */
  readonly perCpu: boolean;
  /** Whether such a map may be inside a map of maps: never, or, by default always, only in place of one of as many entries. */
  readonly asInner?: 'never' | 'same_entries';
  /** A set without keys: a lookup asks for a value. */
  readonly asked?: boolean;
  /** BPF_F_* creation flags that are accepted, as a mask. */
  readonly flags: number;
  /** Why a map of this shape cannot be made, in the errno and words of Linux; undefined when it can. */
  checkCreate(shape: MapShape): MapRefusal | undefined;
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
  readonly type: MapKind;
  readonly frozen: boolean;
  /** The bytes of a frozen read-only global-data map, whose loads are constants. */
  readonly contents?: Uint8Array;
  readonly inner?: MapFacts;
  /** The types of its values, with what is special in them; absent when the map has no BTF. */
  readonly types?: ValueTypes;
}
