/**
 * Facts about one program type: its context, its return values, where it attaches. One file per type fills one of
 * these in; `registry.ts` lists them. What Linux allows (`views` and the flags beside it) is measured on a real kernel
 * and comes from `measured.ts`.
 */
export interface Hook extends HookRules {
  /** `BPF_PROG_TYPE_*`, Linux's number. */
  readonly id: number;
  /** bpftool's word: `xdp`, `sched_cls`, `tracepoint`, … */
  readonly name: string;
  readonly since: string;
  readonly doc: string;
  readonly sections: readonly SectionRule[];
  readonly ctx: CtxLayout;
  /** Words for the return values that mean something to the attach point, as in the uapi enum. */
  readonly verdicts?: Readonly<Record<number, string>>;
  /** Fields of the context that are read, or written, only when the loader has CAP_BPF. */
  readonly bpfFields?: { readonly read: readonly string[]; readonly write: readonly string[] };
  /** bpftool's words for the places it attaches to (`prog attach`, `net attach`): `xdp`, `xdpgeneric`, `tcx_ingress`, … */
  readonly attachTypes: readonly string[];
}

/** What Linux allows to programs of a type. */
export interface HookRules {
  /** One for each group of expected attach types with the same rules. A program of no view cannot be loaded. */
  readonly views: readonly HookView[];
  /** What programs may do with the packet that pointers of their context lead to. */
  readonly packet: PacketAccess;
  /** Helpers take pointers into the packet as memory. */
  readonly packetToHelpers: boolean;
  /** LD_ABS and LD_IND are allowed. */
  readonly legacyLoads: boolean;
  /** Programs may be loaded as sleepable: never, when they ask for it, or only so. */
  readonly sleepable: 'never' | 'may' | 'must';
  /** BPF_PROG_TEST_RUN is possible. */
  readonly testRun: boolean;
}

export type PacketAccess = 'none' | 'read' | 'write';

/** The rules of a program type that depend on the attach type for which a program is loaded. */
export interface HookView {
  /** Expected attach types; absent: every type that no other view names. */
  readonly attachTypes?: readonly string[];
  /** The values a program may return; absent when any will do. */
  readonly returns?: ReturnRange;
  /** Absent when it depends on what the program is attached to: the arguments of a kernel function, from BTF. */
  readonly access?: StructAccess;
}

/** Inclusive. */
export interface ReturnRange {
  readonly min: number;
  readonly max: number;
  /** Only the low 32 bits count: the hook returns an `int`. */
  readonly low32?: boolean;
}

/** Which loads and stores of a struct Linux allows. */
export interface StructAccess {
  readonly read: AccessOffsets;
  readonly write: AccessOffsets;
  /** Offsets whose value is a pointer, in the words of the verifier's log: `pkt`, `sock_or_null`, `trusted_ptr_sk_buff`. */
  readonly pointers: Readonly<Record<number, string>>;
}

/**
 * By width in bytes, the offsets at which an access of that width may start: `0-8 16` is, for width 4, the offsets 0,
 * 4, 8 and 16. Only multiples of the width are ever allowed.
 */
export type AccessOffsets = Readonly<Partial<Record<1 | 2 | 4 | 8, string>>>;

/** A section name that means this hook: exact (`xdp`) or with something after a slash (`tracepoint/…`). */
export interface SectionRule {
  /** Without the slash. */
  readonly prefix: string;
  /** Whether `prefix/rest` is allowed, required, or not: libbpf's `+` and `/`. */
  readonly rest: 'none' | 'optional' | 'required';
  readonly attachType?: string;
  readonly sleepable?: boolean;
}

/** The context that r1 points to, laid out as in Linux's uapi headers. Who may access what is in `Hook.views`. */
export interface CtxLayout {
  /** `xdp_md`, `__sk_buff`, … */
  readonly struct: string;
  /** Bytes of the struct, or the limit up to which any offset may be read (tracepoints). */
  readonly size: number;
  /**
   * In order of offset. `'bytes'`: what lies there depends on the attach point. `'btf'`: the arguments of a kernel
   * function, 8 bytes each, typed by the kernel's BTF.
   */
  readonly fields: readonly CtxField[] | 'bytes' | 'btf';
}

export interface CtxField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}
