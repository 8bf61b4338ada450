/**
 * Facts about one program type: its context, its return values, where it attaches. One file per type fills one of
 * these in; `registry.ts` lists them.
 */
export interface Hook {
  /** `BPF_PROG_TYPE_*`, Linux's number. */
  readonly id: number;
  /** bpftool's word: `xdp`, `sched_cls`, `tracepoint`, … */
  readonly name: string;
  readonly since: string;
  readonly doc: string;
  readonly sections: readonly SectionRule[];
  readonly ctx: CtxLayout;
  /** The values a program may return; undefined when any 32-bit value will do. Inclusive. */
  readonly returns?: {
    readonly min: number;
    readonly max: number;
    readonly names?: Readonly<Record<number, string>>;
  };
  /** Words for the return values that mean something to the attach point, as in the uapi enum. */
  readonly verdicts?: Readonly<Record<number, string>>;
  /** Direct packet access through ctx->data and ctx->data_end. */
  readonly packet: 'none' | 'read' | 'write';
  /** bpftool's words for the places it attaches to (`prog attach`, `net attach`): `xdp`, `xdpgeneric`, `tcx_ingress`, … */
  readonly attachTypes: readonly string[];
  /** BPF_PROG_TEST_RUN is possible. */
  readonly testRun: boolean;
}

/** A section name that means this hook: exact (`xdp`) or with something after a slash (`tracepoint/…`). */
export interface SectionRule {
  /** Without the slash. */
  readonly prefix: string;
  /** Whether `prefix/rest` is allowed, required, or not: libbpf's `+` and `/`. */
  readonly rest: 'none' | 'optional' | 'required';
  readonly attachType?: string;
  readonly sleepable?: boolean;
}

/** The context that r1 points to, laid out as in Linux's uapi headers. */
export interface CtxLayout {
  /** `xdp_md`, `__sk_buff`, … */
  readonly struct: string;
  /** Accessible bytes: where the struct ends, or the limit up to which any offset may be read (tracepoints). */
  readonly size: number;
  /** First readable byte of a `'bytes'` context; 0 when absent. */
  readonly start?: number;
  /** In order of offset; bytes that no field covers are forbidden. `'bytes'`: any aligned read up to `size`. */
  readonly fields: readonly CtxField[] | 'bytes';
}

export interface CtxField {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly read: boolean;
  readonly write: boolean;
  /** Reads of less than the whole field are allowed. */
  readonly narrow: boolean;
  /** An array: any aligned access of 1, 2, 4 or 8 bytes inside it may read, and write when `write` is set. */
  readonly bytes?: boolean;
  /** Only programs with this expected attach type may access it. */
  readonly attachType?: string;
  /** The value is a pointer of this kind instead of a number. Packet pointers are 4 bytes wide in the context. */
  readonly pointer?: 'packet' | 'packet_end' | 'packet_meta' | 'sock_common_or_null' | 'flow_keys';
}
