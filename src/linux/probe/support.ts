import { type Btf, writeBtf } from '../../btf/index.js';
import { SkepError } from '../../errors/base.js';
import { ERRNO, KernelError } from '../../errors/errno.js';
import { HELPER_NAMES } from '../../helpers/names.js';
import { attachTypeByName, programTypeByName } from '../../hooks/index.js';
import { decodeInsns, type Insn } from '../../isa/index.js';
import { LINUX_MAP_TYPES } from '../../maps/registry.js';
import { btfLoad } from '../bpf/btf.js';
import { mapCreate, type RawMapShape } from '../bpf/map.js';
import { progLoad, type RawProgram } from '../bpf/program.js';
import { attachBtfId } from '../load/attach-btf.js';
import type { Fd } from '../sys/fd.js';
import type { LinuxEnvironment } from './environment.js';
import { int } from './features.js';

/** What a kernel takes, found out by trying the smallest that needs it. The verifier's log is never read. */
export class LinuxSupport {
  readonly #environment: LinuxEnvironment;

  constructor(environment: LinuxEnvironment) {
    this.#environment = environment;
  }

  hasProgramType(name: string): boolean {
    const program = this.#smallest(name);
    if (program === undefined) return false;
    const errno = refusal(program);
    // Without the struct that it is for, a struct_ops program is refused after its type is understood.
    return errno === 0 || (name === 'struct_ops' && errno === ENOTSUPP);
  }

  hasMapType(name: string): boolean {
    const type = LINUX_MAP_TYPES.find((row) => row.name === name);
    if (type === undefined) return false;
    const shape = { type: type.id, ...DEFAULT_SHAPE, ...SHAPES[name] };
    try {
      using inner = name.endsWith('_of_maps') ? mapCreate({ type: 1, ...DEFAULT_SHAPE }) : undefined;
      using btf = TYPED.has(name) ? loadInt() : undefined;
      mapCreate({
        ...shape,
        ...(inner === undefined ? {} : { inner }),
        ...(btf === undefined ? {} : { types: { btf, key: 1, value: 1 } }),
      }).close();
      return true;
    } catch (error) {
      // As with programs: the kernel knows the type, but not the struct.
      return name === 'struct_ops' && error instanceof KernelError && error.errno === 'ENOTSUPP';
    }
  }

  /** Ids of the helpers that programs of a type may call, with all privileges and a GPL-compatible licence. */
  helpers(type: string): number[] {
    const program = this.#smallest(type);
    if (program === undefined || refusal(program) !== 0) return [];
    // A helper that may not be called is invalid; one that may gets as far as its arguments, which are missing.
    return [...HELPER_NAMES.keys()].filter(
      (id) => id > 0 && refusal({ ...program, insns: [call(id), ...EXIT] }) !== ERRNO.EINVAL,
    );
  }

  /** Programs of more than 4096 instructions (Linux 5.2). */
  get hasLargePrograms(): boolean {
    const long = Array.from({ length: 4096 }, () => EXIT[0] as Insn);
    return refusal({ ...FILTER, insns: [...long, ...EXIT] }) === 0;
  }

  /** Loops that end (Linux 5.3): r0 = 10; r0 -= 1; if r0 != 0 goto -2. */
  get hasBoundedLoops(): boolean {
    return takes(
      0xb7,
      0,
      0,
      0,
      10,
      0,
      0,
      0,
      0x07,
      0,
      0,
      0,
      255,
      255,
      255,
      255,
      0x55,
      0,
      0xfe,
      0xff,
      0,
      0,
      0,
      0,
    );
  }

  /** Jumps on less (`-mcpu=v2`, Linux 4.14): r0 = 0; if r0 < 1 goto +0. */
  get hasIsaV2(): boolean {
    return takes(0xb7, 0, 0, 0, 0, 0, 0, 0, 0xa5, 0, 0, 0, 1, 0, 0, 0);
  }

  /** 32-bit jumps (`-mcpu=v3`, Linux 5.1): r0 = 0; if w0 < 1 goto +0. */
  get hasIsaV3(): boolean {
    return takes(0xb7, 0, 0, 0, 0, 0, 0, 0, 0xa6, 0, 0, 0, 1, 0, 0, 0);
  }

  /** `r0 = 0; exit`, with what programs of a type say besides; undefined where the kernel has nothing that they are for. */
  #smallest(name: string): RawProgram | undefined {
    const type = programTypeByName(name);
    if (type === undefined) return undefined;
    const { attach, to, flags = 0 } = NEEDS[name] ?? {};
    const expectedAttachType = attach === undefined ? 0 : (attachTypeByName(attach)?.id ?? 0);
    const { kernelVersion } = this.#environment.facts;
    const program = { ...FILTER, type: type.id, expectedAttachType, flags, kernelVersion };
    try {
      const id = to === undefined ? undefined : attachBtfId(attach, to, () => this.#environment.btf);
      return id === undefined ? program : { ...program, attachBtfId: id };
    } catch (error) {
      if (error instanceof SkepError) return undefined;
      throw error;
    }
  }
}

/** `ENOTSUPP`, which only the kernel's inside knows. */
const ENOTSUPP = 524;
const BPF_F_SLEEPABLE = 16;

/** r0 = 0; exit */
const EXIT = decodeInsns(Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0));
const FILTER: RawProgram = { type: 1, insns: EXIT, license: 'GPL' };

function call(helper: number): Insn {
  return { opcode: 0x85, dst: 0, src: 0, off: 0, imm: helper };
}

/** What types need besides their number. */
const NEEDS: Readonly<
  Record<string, { readonly attach?: string; readonly to?: string; readonly flags?: number }>
> = {
  cgroup_sock: { attach: 'cgroup_inet_sock_create' },
  cgroup_sock_addr: { attach: 'cgroup_inet4_connect' },
  cgroup_sockopt: { attach: 'cgroup_getsockopt' },
  sk_lookup: { attach: 'sk_lookup' },
  netfilter: { attach: 'netfilter' },
  syscall: { flags: BPF_F_SLEEPABLE },
  tracing: { attach: 'trace_raw_tp', to: 'sched_switch' },
  lsm: { attach: 'lsm_mac', to: 'file_open' },
};

const DEFAULT_SHAPE: Omit<RawMapShape, 'type'> = { keySize: 4, valueSize: 4, maxEntries: 1 };
const STORAGE = { maxEntries: 0, flags: 1 };
const CGROUP_STORAGE = { keySize: 16, valueSize: 8, maxEntries: 0 };
/** Maps that take other sizes. */
const SHAPES: Readonly<Record<string, Partial<RawMapShape>>> = {
  stack_trace: { valueSize: 8 },
  lpm_trie: { keySize: 8, valueSize: 8, flags: 1 },
  queue: { keySize: 0 },
  stack: { keySize: 0 },
  bloom_filter: { keySize: 0 },
  ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
  user_ringbuf: { keySize: 0, valueSize: 0, maxEntries: 4096 },
  arena: { keySize: 0, valueSize: 0, flags: 1 << 10 },
  cgroup_storage: CGROUP_STORAGE,
  percpu_cgroup_storage: CGROUP_STORAGE,
  sk_storage: STORAGE,
  inode_storage: STORAGE,
  task_storage: STORAGE,
  cgrp_storage: STORAGE,
  struct_ops: { kernelValueType: 1 },
};
/** Maps that have to tell their types. */
const TYPED: ReadonlySet<string> = new Set(['sk_storage', 'inode_storage', 'task_storage', 'cgrp_storage']);

/** 0, or the errno of loading. */
function refusal(program: RawProgram): number {
  const result = progLoad(program);
  if (!result.ok) return result.errno;
  result.program.close();
  return 0;
}

function takes(...bytes: readonly number[]): boolean {
  return refusal({ ...FILTER, insns: [...decodeInsns(Uint8Array.from(bytes)), ...EXIT] }) === 0;
}

function loadInt(): Fd {
  return btfLoad(writeBtf({ types: [{ kind: 'void' }, int()] } satisfies Btf));
}
