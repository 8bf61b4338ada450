/**
 * Facts about one helper. One file per family fills rows in; `registry.ts` lists them. How the engine runs a family's
 * helpers stands in the file of the same name in `src/engine/helpers/families`.
 */
export interface Helper {
  /** `BPF_FUNC_*`, Linux's number. */
  readonly id: number;
  /** With prefix: `bpf_map_lookup_elem`. */
  readonly name: string;
  readonly since: string;
  /** One or two sentences of our own. */
  readonly doc: string;
  readonly args: readonly HelperArg[];
  readonly returns: HelperReturn;
  /** Program types whose programs call it with other arguments. */
  readonly variants?: readonly {
    readonly programs: readonly string[];
    readonly args: readonly HelperArg[];
  }[];
  /** Only programs with a GPL-compatible licence may call it. */
  readonly gplOnly: boolean;
  /** Program types (bpftool's words) that may call it. */
  readonly programs: 'all' | readonly string[];
  /** Packet pointers are invalid after the call. */
  readonly changesPacket?: boolean;
  readonly mightSleep?: boolean;
  /** It takes pointers into the packet as memory. */
  readonly takesPacket?: boolean;
  /** What it returns is a reference that must be released on every path. */
  readonly acquires?: boolean;
  /** What it returns is its argument seen as another type: the same reference, released with it. */
  readonly casts?: boolean;
  /** It calls the function in its `func` argument. */
  readonly callback?: Callback;
}

/**
 * How a helper calls a function of the program: with an index, with each entry of a map, with each record of user space
 * as a dynptr, with the memory area of a task, or later, on a stack of its own, for a timer.
 */
export type Callback = 'loop' | 'map_elem' | 'user_ringbuf' | 'memory_area' | 'timer';

/** What an argument must be: Linux's `enum bpf_arg_type`, as data. Sizes are bytes. */
export type HelperArg =
  | { readonly kind: 'anything' }
  /** Flags, of which the helper has none. */
  | { readonly kind: 'no_flags' }
  | { readonly kind: 'ctx'; readonly nullable?: boolean }
  | { readonly kind: 'const_map' }
  /** A pointer to a key of the map in the call's map argument. */
  | { readonly kind: 'map_key' }
  /** A pointer to a value of that map; `uninit` when the helper writes it. */
  | { readonly kind: 'map_value'; readonly uninit?: boolean; readonly nullable?: boolean }
  /** A pointer to `size` bytes, or to as many as the next argument says. */
  | {
      readonly kind: 'mem';
      readonly size?: number;
      readonly uninit?: boolean;
      readonly nullable?: boolean;
      readonly readonly?: boolean;
      /** A number that is written as one: its address is a multiple of its size. Linux 6.12 and later refuse others. */
      readonly aligned?: boolean;
    }
  /** The size of the memory in the argument before. */
  | { readonly kind: 'size'; readonly zero: boolean }
  | { readonly kind: 'alloc_size' }
  /** Memory that a helper returned as `alloc_mem_or_null`, not null any more; the call releases it. */
  | { readonly kind: 'alloc_mem' }
  /** A socket; `any` kind of one, a `full` one, or `trusted` kernel pointers to one too. */
  | {
      readonly kind: 'socket';
      readonly accepts: 'full' | 'any' | 'trusted';
      readonly release?: boolean;
      readonly nullable?: boolean;
    }
  /** A `struct bpf_timer` in a map value. */
  | { readonly kind: 'timer' }
  | { readonly kind: 'const_str' }
  | { readonly kind: 'spin_lock' }
  | { readonly kind: 'func' }
  | { readonly kind: 'stack_or_null' }
  /** A pointer of one of these types, in the words of the verifier's log, to a kernel struct (`struct` names which). */
  | {
      readonly kind: 'pointer';
      readonly types: readonly string[];
      readonly struct?: string;
      readonly nullable?: boolean;
      readonly release?: boolean;
    }
  /** A pointer to a kernel object in a map's value. */
  | { readonly kind: 'kptr' }
  /** A dynptr on the stack, or one that Linux made; `uninit` when the call makes it, `of` when it must be of one kind. */
  | {
      readonly kind: 'dynptr';
      readonly uninit?: boolean;
      readonly release?: boolean;
      readonly of?: 'local' | 'ringbuf';
    };

export type HelperReturn =
  | { readonly kind: 'integer' }
  | { readonly kind: 'void' }
  | { readonly kind: 'map_value_or_null' }
  /** So many bytes as the `alloc_size` argument said, which must be released. */
  | { readonly kind: 'alloc_mem_or_null' }
  | { readonly kind: 'map_value' }
  /** A pointer to a kernel struct, in the words of the verifier's log. */
  | { readonly kind: 'pointer'; readonly type: string }
  /** So many bytes of a dynptr's memory as the constant size argument said. */
  | { readonly kind: 'dynptr_data_or_null' }
  | { readonly kind: 'socket_or_null' | 'sock_common_or_null' | 'tcp_sock_or_null' };
