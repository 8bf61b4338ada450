import type { Btf, BtfTypeId } from '../btf/types.js';
import type { Insn } from '../isa/index.js';
import type { KconfigFacts } from '../object/index.js';
import type { LineInfo, MapSpec, StructOpsMember, SubprogramSpec } from '../object/spec.js';
import type { Privileges } from '../verifier/privileges.js';
import type { Rejection, VerifierProgram, VerifyResult, VerifyStats } from '../verifier/verify.js';
import type { AttachTarget } from './target.js';

export type { AttachTarget, NetfilterHook } from './target.js';

/**
 * Whatever runs programs: the engine, a real Linux kernel, or an engine that another process has open.
 * All three pass one test suite. Every refusal is a `KernelError` with Linux's errno.
 */
export interface Kernel {
  readonly kind: 'engine' | 'linux' | 'remote';
  /** One line for people: which kernel answered. */
  readonly description: string;

  /** What objects may ask about the kernel that they are loaded into. */
  readonly environment: KernelEnvironment;
  /** Reads the kernel's types, for `environment` to answer questions about them. Absent where it always can. */
  readTypes?(): Promise<void>;

  createMap(spec: MapSpec): Promise<BpfMap>;
  /** Ascending by id. */
  maps(): Promise<BpfMap[]>;
  mapById(id: number): Promise<BpfMap>;

  /** Verifies and loads. @throws {ProgramRejected} when the verifier refuses. */
  loadProgram(program: LoadableProgram, options?: LoadProgramOptions): Promise<Program>;
  programs(): Promise<Program[]>;
  programById(id: number): Promise<Program>;

  attach(program: Program, target: AttachTarget): Promise<Link>;
  links(): Promise<Link[]>;
  linkById(id: number): Promise<Link>;
  /**
   * Lets an attachment outlive this process.
   * @returns where the kernel keeps it, or undefined where attachments stay by themselves.
   */
  keep(link: Link): Promise<string | undefined>;

  /** The types that the kernel holds: its own, its modules' and those that were loaded. Ascending by id. */
  btfs(): Promise<readonly BtfInfo[]>;
  /** @throws ENOENT */
  btfById(id: number): Promise<Btf>;

  /** Puts a name in the BPF file system on an object, which then outlives its last user. Absolute path. */
  pin(object: KernelObject, path: string): Promise<void>;
  unpin(path: string): Promise<void>;
  /** The object pinned at a path. @throws ENOENT */
  pinned(path: string): Promise<KernelObject>;
  pins(): Promise<readonly Pin[]>;

  close(): Promise<void>;
}

/** The answers to an object's questions about its kernel: `.kconfig` variables, CPUs, CO-RE. */
export interface KernelEnvironment {
  /** Possible CPUs: the length of a `perf_event_array` that names none. */
  readonly cpus: number;
  /** `CONFIG_HZ` to `1000`, as in `/proc/config.gz`. */
  readonly config: ReadonlyMap<string, string>;
  readonly facts: KconfigFacts;
  /** The kernel's types, to which CO-RE records are fitted. Without them an object keeps its own offsets. */
  readonly btf?: Btf | undefined;
  /** The address of a kernel symbol, or the BTF id of one that the object declares with a type. */
  readonly ksym?: (name: string, typed: boolean) => bigint | undefined;
  /** The BTF id of a kernel function. */
  readonly kfunc?: (name: string) => number | undefined;
}

export type KernelObject = BpfMap | Program | Link;
export interface Pin {
  readonly path: string;
  readonly kind: KernelObject['kind'];
  readonly id: number;
}

/** A program with its maps made and its references resolved to indexes into `maps`: see `VerifierProgram`. */
export interface LoadableProgram {
  readonly name: string;
  readonly type: string;
  readonly attachType?: string;
  /** What the section names after the slash; the default target of `attach`. */
  readonly attachTo?: string;
  /** The program of whose function this one takes the place (freplace), or which it traces. */
  readonly targetProgram?: Program;
  /** The member of a kernel struct that a `struct_ops` program implements. */
  readonly structOps?: StructOpsMember;
  readonly sleepable?: boolean;
  /** An XDP program that takes packets in several buffers. */
  readonly xdpFrags?: boolean;
  readonly license: string;
  readonly kernelVersion: number;
  readonly insns: readonly Insn[];
  readonly maps: readonly BpfMap[];
  readonly subprograms: readonly SubprogramSpec[];
  readonly lines: readonly LineInfo[];
  readonly btf: Btf | undefined;
}

export interface LoadProgramOptions {
  /** Stop after the verdict: the program need not be of a type that this kernel runs, and will not run. */
  readonly verifyOnly?: boolean;
  /** Who the verifier takes the loader for; a real kernel asks the process. Default: all privileges. */
  readonly privileges?: Privileges;
  readonly logLevel?: number;
  readonly onLog?: (log: string) => void;
  /** What the verifier was given and answered, also when it rejects; kernels with a verifier of their own say nothing. */
  readonly onVerify?: (program: VerifierProgram, result: VerifyResult) => void;
}

export interface MapInfo {
  readonly id: number;
  readonly name: string;
  /** bpftool's word. */
  readonly type: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly frozen: boolean;
  /** Bytes that the map takes. */
  readonly memlock: number;
  /** The kernel's id of `btf`, where it gives one. */
  readonly btfId?: number;
  readonly btf?: Btf;
  readonly keyType?: BtfTypeId;
  readonly valueType?: BtfTypeId;
  readonly inner?: MapSpec;
}

/** How a walk through a map ended. */
export interface MapWalk {
  /** False when deletions disturbed it: entries that were there all the time may be missing. */
  readonly complete: boolean;
}

/**
 * A live map. Keys are `keySize` bytes, values `valueSize` bytes; the value of a per-CPU map is one value for each
 * possible CPU, each rounded up to 8 bytes.
 */
export interface BpfMap {
  readonly kind: 'map';
  readonly id: number;
  info(): Promise<MapInfo>;
  /**
   * @throws ENOENT is not thrown: an absent key is `undefined`. Queues and stacks have the empty key, whose value is the
   * next one; a bloom filter is asked for a value, which it gives back when it may have it.
   */
  lookup(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** @param flags BPF_ANY 0, BPF_NOEXIST 1, BPF_EXIST 2. */
  update(key: Uint8Array, value: Uint8Array, flags?: number): Promise<void>;
  /**
   * Writes some bytes of a value and leaves the others as they are, also those that a program changes meanwhile: on Linux
   * that takes a map of global variables or another whose memory can be mapped (BPF_F_MMAPABLE); elsewhere what changes
   * meanwhile may be lost.
   *
   * @throws {KernelError} ENOENT; EINVAL beyond the value's end; EPERM for a frozen map
   */
  patch(key: Uint8Array, offset: number, bytes: Uint8Array): Promise<void>;
  /** Takes an entry out and gives its value: what pops a queue or stack. */
  lookupAndDelete(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** @throws ENOENT */
  delete(key: Uint8Array): Promise<void>;
  /** The key after `key` in the map's own order, the first without one, undefined after the last. */
  nextKey(key?: Uint8Array): Promise<Uint8Array | undefined>;
  /**
   * All entries, in batches where the kernel can. An entry that stays throughout is seen once; those that are added or
   * deleted meanwhile may be missed. What the generator returns says whether that held.
   */
  entries(): AsyncGenerator<readonly [key: Uint8Array, value: Uint8Array], MapWalk, undefined>;
  freeze(): Promise<void>;
  close(): Promise<void>;
}

export interface ProgramInfo {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly attachType?: string;
  readonly attachTo?: string;
  /** 16 hex digits. */
  readonly tag: string;
  readonly gplCompatible: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly loadedAt: number;
  readonly uid: number;
  readonly bytesXlated: number;
  readonly jited: boolean;
  readonly bytesJited: number;
  /** Bytes that the program takes, where the kernel tells. */
  readonly memlock?: number;
  readonly mapIds: readonly number[];
  readonly btfId?: number;
  readonly runs?: number;
  readonly runNanoseconds?: number;
  readonly verified?: VerifyStats;
}

export interface Program {
  readonly kind: 'program';
  readonly id: number;
  info(): Promise<ProgramInfo>;
  /** The instructions as the kernel holds them, with line information: what `prog dump xlated` prints. */
  xlated(): Promise<{
    readonly insns: readonly Insn[];
    readonly lines: readonly LineInfo[];
    readonly subprograms: readonly SubprogramSpec[];
    readonly btf: Btf | undefined;
    /** The kernel function that a call reaches whose helper the kernel replaced by its distance from a base. */
    readonly callName?: (imm: number) => string | undefined;
  }>;
  /** BPF_PROG_TEST_RUN. */
  run(input: RunInput): Promise<RunResult>;
  close(): Promise<void>;
}

export interface RunInput {
  /** The packet. */
  readonly data?: Uint8Array;
  /** The context struct, as in the uapi header. */
  readonly ctx?: Uint8Array;
  /** Default 1. */
  readonly repeat?: number;
}
export interface RunResult {
  /** r0, its low 32 bits unsigned. */
  readonly returnValue: number;
  readonly data: Uint8Array;
  readonly ctx: Uint8Array;
  /** Mean nanoseconds per run, with decimals where the clock allows. */
  readonly duration: number;
}

export interface LinkInfo {
  readonly id: number;
  /** bpftool's word: `xdp`, `tcx`, `perf_event`, `raw_tracepoint`, … */
  readonly type: string;
  readonly programId: number;
  readonly target: AttachTarget;
  /** Of the device that `target` names. */
  readonly ifindex?: number;
  /** What the kernel tells of the place besides, in bpftool's names: `cgroup_id`, `netns_ino`, `target_btf_id`. */
  readonly facts?: Readonly<Record<string, string | number>>;
}
export interface Link {
  readonly kind: 'link';
  readonly id: number;
  info(): Promise<LinkInfo>;
  /**
   * Puts another program in the place of the one that runs, in one step: no packet or event sees none or both. Of a
   * struct_ops link the program is a map.
   *
   * @param expected refuse when another than this one runs now.
   * @throws {KernelError} EPERM when it does; EINVAL for links that keep their program, and programs of another type
   */
  update(next: Program | BpfMap, expected?: Program | BpfMap): Promise<void>;
  /** Ends the attachment at once. */
  detach(): Promise<void>;
  close(): Promise<void>;
}

/** Types that a kernel holds under an id of its own. */
export interface BtfInfo {
  readonly id: number;
  /** `vmlinux` or a module's name; '' for what user space loaded. */
  readonly name: string;
  /** The kernel's own, or a module's. */
  readonly kernel: boolean;
  /** Bytes of the section. */
  readonly size: number;
}

/** What a kernel says of a program that its verifier refused. */
export interface RejectionReport {
  readonly rejection: Rejection;
  readonly log: string;
}
