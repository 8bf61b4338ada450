import { ERRNO, type ErrnoName, KernelError } from '../errors/errno.js';
import {
  CPU_AREA_SIZE,
  CPU_AREAS,
  CPU_CGROUP,
  CPU_COMM,
  CPU_ID,
  CPU_PID_TGID,
  CPU_RANDOM,
  CPU_UID_GID,
  SYS_CLOCK_NS,
  SYS_CLOCK_PINNED,
  SYS_CPUS,
  SYS_THREADED,
  SYS_USED,
} from './runtime/layout.js';
import { loadRuntimeModule, type RuntimeExports } from './runtime/module.js';

const PAGE = 65536;
/** The id of the root of the cgroup hierarchy. */
const ROOT_CGROUP = 1n;
/** 2 GiB. */
const DEFAULT_MAXIMUM_PAGES = 32768;

export interface EngineMemoryOptions {
  /** Of 64 KiB; default 32768 (2 GiB), at most 65536. */
  readonly maximumPages?: number;
  /** Default: whether this environment can share memory between workers. */
  readonly shared?: boolean;
  /** Default 1, at most 256. */
  readonly cpus?: number;
  /** Nanoseconds since boot; default: since this module was loaded. */
  readonly now?: () => number;
}

/** The task in whose name programs run, as `bpf_get_current_*` report it. */
export interface CurrentTask {
  readonly pid: number;
  readonly tgid: number;
  readonly uid: number;
  readonly gid: number;
  /** At most 15 bytes are kept. */
  readonly comm: string;
  /** Id of its cgroup (`world.cgroups`); default the root's. */
  readonly cgroup?: bigint;
}

/** What another worker needs to become a CPU of the same engine. */
export interface SharedEngineMemory {
  readonly memory: WebAssembly.Memory;
}

/** Whether memory can be shared between workers here: always in Node, in browsers only with cross-origin isolation. */
export function canShareMemory(): boolean {
  const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
  return typeof SharedArrayBuffer === 'function' && crossOriginIsolated !== false;
}

/**
 * The engine's address space: one `WebAssembly.Memory` and an instance of the runtime that works on it.
 *
 * An instance belongs to one CPU at a time. BPF pointers are offsets in the memory; `layout.ts` says what lies where.
 *
 * @example
 * const memory = EngineMemory.create({ cpus: 2 });
 * const address = memory.alloc(64);
 * memory.write(address, Uint8Array.of(1, 2, 3));
 */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  readonly cpus: number;
  /** The function table that programs of this instance share. Slot 0 stays empty. */
  readonly table: WebAssembly.Table;
  readonly runtime: RuntimeExports;
  /** `env` of `abi.ts`. */
  readonly stackPointer = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly trapCode = new WebAssembly.Global({ value: 'i32', mutable: true }, 0);
  readonly budget = new WebAssembly.Global({ value: 'i64', mutable: true }, 0n);
  readonly cpuArea = new WebAssembly.Global({ value: 'i32', mutable: true }, CPU_AREAS);
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #cpu = 0;
  /** Nanoseconds that the clock was moved on by. */
  #skipped = 0;

  private constructor(memory: WebAssembly.Memory, shared: boolean, cpus: number, now: () => number) {
    this.memory = memory;
    this.shared = shared;
    this.cpus = cpus;
    this.table = new WebAssembly.Table({ element: 'anyfunc', initial: 16 });
    const instance = new WebAssembly.Instance(loadRuntimeModule(shared), {
      env: this.env,
      host: { now: () => now() + this.#skipped },
    });
    this.runtime = instance.exports as unknown as RuntimeExports;
    this.#refresh();
    this.cpu = 0;
  }

  /** Makes an address space. @throws {KernelError} ENOMEM when the environment has not enough memory. */
  static create(options: EngineMemoryOptions = {}): EngineMemory {
    const cpus = options.cpus ?? 1;
    const shared = options.shared ?? canShareMemory();
    const maximum = options.maximumPages ?? DEFAULT_MAXIMUM_PAGES;
    const heapStart = CPU_AREAS + cpus * CPU_AREA_SIZE;
    const initial = Math.ceil(heapStart / PAGE) + 4;
    if (!Number.isInteger(cpus) || cpus < 1 || cpus > 256 || maximum < initial || maximum > 65536) {
      throw new KernelError(
        'EINVAL',
        `An engine of ${cpus} CPUs and at most ${maximum} pages cannot be made.`,
        {
          facts: { cpus, maximum, initial },
          hint: `Use 1 to 256 CPUs and ${initial} to 65536 pages.`,
        },
      );
    }
    const memory = makeMemory(initial, maximum, shared);
    const made = new EngineMemory(memory, shared, cpus, options.now ?? defaultNow);
    made.runtime.heap_init(heapStart, initial * PAGE);
    made.view.setUint32(SYS_CPUS, cpus, true);
    for (let cpu = 0; cpu < cpus; cpu++) {
      made.view.setUint32(CPU_AREAS + cpu * CPU_AREA_SIZE + CPU_ID, cpu, true);
      made.view.setBigUint64(CPU_AREAS + cpu * CPU_AREA_SIZE + CPU_CGROUP, ROOT_CGROUP, true);
      made.seedRandom(BigInt(cpu + 1) * 0x9e3779b97f4a7c15n, cpu);
    }
    return made;
  }

  /** Joins an address space that another worker made, as one of its CPUs. */
  static attach(shared: SharedEngineMemory, cpu: number, now: () => number = defaultNow): EngineMemory {
    const view = new DataView(shared.memory.buffer);
    const made = new EngineMemory(shared.memory, true, view.getUint32(SYS_CPUS, true), now);
    made.cpu = cpu;
    return made;
  }

  /** What to post to another worker. From then on the runtime takes its locks. Call it while no program runs. */
  share(): SharedEngineMemory {
    this.view.setUint32(SYS_THREADED, 1, true);
    return { memory: this.memory };
  }

  /** Imports of a compiled program's `env`. */
  get env(): Record<string, WebAssembly.ImportValue> {
    return {
      memory: this.memory,
      table: this.table,
      stack_pointer: this.stackPointer,
      trap_code: this.trapCode,
      budget: this.budget,
      cpu_area: this.cpuArea,
    };
  }

  /** The CPU that programs called from here run on. */
  get cpu(): number {
    return this.#cpu;
  }
  set cpu(cpu: number) {
    if (!(cpu >= 0 && cpu < Math.max(this.cpus, 1))) {
      throw new KernelError('EINVAL', `There is no CPU ${cpu}: the engine has ${this.cpus}.`);
    }
    this.#cpu = cpu;
    this.cpuArea.value = CPU_AREAS + cpu * CPU_AREA_SIZE;
    this.stackPointer.value = CPU_AREAS + (cpu + 1) * CPU_AREA_SIZE;
  }

  /** All of the memory. Take it anew after every call that may allocate: growth replaces it. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  /** As `bytes`. Everything in the memory is little-endian. */
  get view(): DataView {
    this.#refresh();
    return this.#view;
  }

  #refresh(): void {
    const { buffer } = this.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#view = new DataView(buffer);
  }

  /** @throws {KernelError} ENOMEM */
  alloc(size: number): number {
    const address = this.runtime.alloc(size) >>> 0;
    if (address === 0) {
      throw new KernelError('ENOMEM', `The engine's memory has no room for ${size} bytes.`, {
        facts: { size, used: this.used },
        hint: 'Raise maximumPages, or make the maps smaller.',
      });
    }
    return address;
  }

  free(address: number): void {
    this.runtime.free(address);
  }

  /** A copy, never shared. */
  read(address: number, size: number): Uint8Array {
    this.#cover(address + size);
    return this.#bytes.slice(address, address + size);
  }

  write(address: number, bytes: Uint8Array): void {
    this.#cover(address + bytes.length);
    this.#bytes.set(bytes, address);
  }

  u32(address: number): number {
    this.#cover(address + 4);
    return this.#view.getUint32(address, true);
  }

  setU32(address: number, value: number): void {
    this.#cover(address + 4);
    this.#view.setUint32(address, value, true);
  }

  // Asking a memory for its buffer is slow. An old view is too short, or empty because growth detached it.
  #cover(end: number): void {
    if (this.#bytes.length < end) this.#refresh();
  }

  /** Bytes in use on the heap, the allocator's own headers included. */
  get used(): number {
    return this.u32(SYS_USED);
  }

  /** Stops the clock at so many nanoseconds since boot; `undefined` lets it run again. */
  pinClock(nanoseconds: bigint | undefined): void {
    const view = this.view;
    view.setBigUint64(SYS_CLOCK_NS, nanoseconds ?? 0n, true);
    view.setUint32(SYS_CLOCK_PINNED, nanoseconds === undefined ? 0 : 1, true);
  }

  /** Moves the clock on, pinned or not. */
  advanceClock(nanoseconds: bigint): void {
    const pinned = this.pinnedClock;
    if (pinned === undefined) this.#skipped += Number(nanoseconds);
    else this.pinClock(pinned + nanoseconds);
  }

  /** What the clock was pinned at; undefined while it runs. */
  get pinnedClock(): bigint | undefined {
    const { view } = this;
    return view.getUint32(SYS_CLOCK_PINNED, true) === 0 ? undefined : view.getBigUint64(SYS_CLOCK_NS, true);
  }

  /** Seeds the pseudo-random numbers of a CPU (default: the current one). */
  seedRandom(seed: bigint, cpu = this.#cpu): void {
    const state = BigInt.asUintN(64, seed);
    this.view.setBigUint64(CPU_AREAS + cpu * CPU_AREA_SIZE + CPU_RANDOM, state === 0n ? 1n : state, true);
  }

  /** In whose name programs run on the current CPU. */
  get currentTask(): CurrentTask {
    const area = CPU_AREAS + this.#cpu * CPU_AREA_SIZE;
    const comm = this.read(area + CPU_COMM, 16);
    return {
      pid: this.u32(area + CPU_PID_TGID),
      tgid: this.u32(area + CPU_PID_TGID + 4),
      uid: this.u32(area + CPU_UID_GID),
      gid: this.u32(area + CPU_UID_GID + 4),
      comm: new TextDecoder().decode(comm.subarray(0, comm.indexOf(0))),
      cgroup: this.view.getBigUint64(area + CPU_CGROUP, true),
    };
  }

  /** Says in whose name programs run on a CPU (default: the current one). */
  setTask(task: CurrentTask, cpu = this.#cpu): void {
    const area = CPU_AREAS + cpu * CPU_AREA_SIZE;
    const view = this.view;
    view.setUint32(area + CPU_PID_TGID, task.pid, true);
    view.setUint32(area + CPU_PID_TGID + 4, task.tgid, true);
    view.setUint32(area + CPU_UID_GID, task.uid, true);
    view.setUint32(area + CPU_UID_GID + 4, task.gid, true);
    view.setBigUint64(area + CPU_CGROUP, task.cgroup ?? ROOT_CGROUP, true);
    const comm = new Uint8Array(16);
    comm.set(new TextEncoder().encode(task.comm).subarray(0, 15));
    this.write(area + CPU_COMM, comm);
  }
}

function makeMemory(initial: number, maximum: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial, maximum, shared });
  } catch (cause) {
    throw new KernelError('ENOMEM', `A memory of at most ${maximum} pages cannot be made here.`, {
      facts: { initial, maximum, shared },
      hint: 'Lower maximumPages.',
      cause,
    });
  }
}

function defaultNow(): number {
  return performance.now() * 1e6;
}

const ERRNO_NAMES = new Map<number, ErrnoName>(
  (Object.entries(ERRNO) as [ErrnoName, number][]).map(([name, number]) => [number, name]),
);

/** The name of a negated errno that a runtime function returned. */
export function errnoName(result: number): ErrnoName {
  return ERRNO_NAMES.get(-result) ?? 'EINVAL';
}
