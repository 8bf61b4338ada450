import type { Btf, BtfTypeId } from '../btf/types.js';
import type { Insn, InsnIndex } from '../isa/index.js';

/** A BPF object file as read: a blueprint, the same on every machine. Made by `parseObject`. */
export interface ObjectSpec {
  readonly littleEndian: boolean;
  /** From the `license` section; '' when there is none. */
  readonly license: string;
  /** LINUX_VERSION_CODE of an old object's `version` section, else 0. */
  readonly kernelVersion: number;
  readonly btf: Btf | undefined;
  readonly maps: readonly MapSpec[];
  readonly programs: readonly ProgramSpec[];
  /** What the object holds and the spec leaves out, and why: one sentence each, for people. */
  readonly notes?: readonly string[];
}

/** A map to be made. Also what `map create` builds from its arguments. */
export interface MapSpec {
  readonly name: string;
  /** Linux's name of the map type as bpftool prints it: `hash`, `array`, `percpu_hash`, … (`MAP_TYPES`). */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  /** BPF_F_* creation flags. */
  readonly flags: number;
  readonly numaNode?: number;
  readonly mapExtra?: bigint;
  /** `by_name`: found or pinned under the pin directory by its name, as libbpf does. */
  readonly pinning: 'none' | 'by_name';
  /** Types of keys and values in the object's BTF; absent when unknown. */
  readonly keyType?: BtfTypeId;
  readonly valueType?: BtfTypeId;
  readonly btf?: Btf;
  /** For a map of maps: the inner map's blueprint. */
  readonly inner?: MapSpec;
  /** For `.rodata`, `.data`, `.bss`, `.kconfig`: the first and only value, `valueSize` bytes. */
  readonly contents?: Uint8Array;
  /** Of an arena: the bytes of the object's variables in it (`.addr_space.1`), which lie at its start. */
  readonly variables?: Uint8Array;
  /** Set for `.rodata`: user space freezes the map after writing `contents`. */
  readonly frozen?: boolean;
  /** The section that a global-data map stands for, e.g. `.rodata.str1.1`. */
  readonly section?: string;
  /** Static initial values: slot key to the name of a map or program of the same object. */
  readonly initial?: readonly {
    readonly key: number;
    readonly ref: string;
    readonly refKind: 'map' | 'program';
  }[];
  /** For a struct of functions that the kernel calls: `.struct_ops`. */
  readonly structOps?: StructOpsSpec;
  /** False for sections that start with `?`: made only when asked for by name. */
  readonly autocreate?: boolean;
  /** For `.kconfig`: the variables that `kconfigContents` fills in from the kernel's configuration. */
  readonly externs?: readonly KconfigExtern[];
}

/** A struct as the object fills it; the kernel's own has the same members, perhaps in other places. */
export interface StructOpsSpec {
  /** The kernel's name of the struct: `tcp_congestion_ops`. */
  readonly struct: string;
  /** The struct in the object's BTF. */
  readonly type: BtfTypeId;
  /** Its bytes; members that are functions are in `functions`. */
  readonly contents: Uint8Array;
  readonly functions: readonly { readonly member: string; readonly program: string }[];
}

/** The member of a kernel struct that a program implements. */
export interface StructOpsMember {
  readonly struct: string;
  readonly member: string;
}

/** One `extern … __kconfig` variable, in the layout that libbpf gives them. */
export interface KconfigExtern {
  /** `CONFIG_HZ`, or libbpf's own `LINUX_KERNEL_VERSION`, `LINUX_HAS_SYSCALL_WRAPPER`, `LINUX_HAS_BPF_COOKIE`. */
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly type: BtfTypeId;
  /** May be absent from the kernel's configuration, and is then zero. */
  readonly weak: boolean;
}

/** One program of an object, with its subprograms appended as libbpf does, ready to relocate and load. */
export interface ProgramSpec {
  /** The C function's name, at most any length (kernels keep 15 bytes). */
  readonly name: string;
  /** As in the object: `xdp`, `tracepoint/syscalls/sys_enter_openat`, … */
  readonly section: string;
  /** Linux's name of the program type (bpftool's word): `xdp`, `sched_cls`, `tracepoint`, …; undefined if the section says nothing. */
  readonly type: string | undefined;
  /** bpftool's word for the expected attach type, when the section names one. */
  readonly attachType?: string;
  /** What follows the slash in the section name: tracepoint, function, interface. */
  readonly attachTo?: string;
  readonly sleepable: boolean;
  /** An XDP program that takes packets in several buffers (`xdp.frags`). */
  readonly xdpFrags?: boolean;
  /** For a `struct_ops` program that a map of the object names. */
  readonly structOps?: StructOpsMember;
  /** False for sections that start with `?`: loaded only when asked for by name. */
  readonly autoload?: boolean;
  readonly license: string;
  readonly kernelVersion: number;
  readonly insns: readonly Insn[];
  /** What has to be filled in before the kernel sees the instructions. */
  readonly relocations: readonly Relocation[];
  /** The program itself first, then each subprogram. Ordered by `start`. */
  readonly subprograms: readonly SubprogramSpec[];
  readonly lines: readonly LineInfo[];
  readonly coreRelocations: readonly CoreRelocationSpec[];
  readonly btf: Btf | undefined;
}

export interface SubprogramSpec {
  readonly name: string;
  readonly start: InsnIndex;
  /** Its FUNC in BTF, from BTF.ext; 0 when unknown. */
  readonly funcType: BtfTypeId;
  readonly linkage: 'static' | 'global';
}

/**
 * A symbolic reference left in `insns`, all on 64-bit immediate loads except `kfunc`. Calls and function addresses
 * between subprograms of the same program are already resolved.
 */
export type Relocation =
  | { readonly kind: 'map'; readonly insn: InsnIndex; readonly map: string }
  | { readonly kind: 'map_value'; readonly insn: InsnIndex; readonly map: string; readonly offset: number }
  | {
      readonly kind: 'ksym';
      readonly insn: InsnIndex;
      readonly symbol: string;
      readonly weak: boolean;
      readonly typed: boolean;
    }
  | { readonly kind: 'kfunc'; readonly insn: InsnIndex; readonly symbol: string; readonly weak: boolean };

/** Where an instruction came from. The instruction is the first of a run that ends before the next entry. */
export interface LineInfo {
  readonly insn: InsnIndex;
  readonly file: string;
  /** The source line's text, '' when the object does not hold it. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 1; 0 when unknown. */
  readonly column: number;
}

/** One CO-RE relocation record of BTF.ext. `kind` is `enum bpf_core_relo_kind`. */
export interface CoreRelocationSpec {
  readonly insn: InsnIndex;
  readonly type: BtfTypeId;
  /** As in the object: `0:1:2`. */
  readonly access: string;
  readonly kind: number;
}
