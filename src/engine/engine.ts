import type { Btf } from '../btf/types.js';
import type {
  AttachTarget,
  BpfMap,
  BtfInfo,
  Kernel,
  KernelEnvironment,
  KernelObject,
  Link,
  LoadableProgram,
  LoadProgramOptions,
  Pin,
  Program,
} from '../kernel/kernel.js';
import type { MapSpec } from '../object/spec.js';
import { requireFitting } from './attachments.js';
import { btfById, btfInfos } from './btf-objects.js';
import { CodeCache } from './code.js';
import { ProgramCounters } from './counters.js';
import { engineEnvironment } from './environment.js';
import { createHostHelpers } from './helpers/bindings.js';
import type { HelperOverrides } from './helpers/overrides.js';
import { TraceLog } from './helpers/trace-log.js';
import { KernelState } from './kernel-state.js';
import { KernelTypes } from './kernel-types.js';
import { LinkedPoints } from './linked-points.js';
import { MapHandle, type MapObject } from './map-handle.js';
import { EngineMemory, type EngineMemoryOptions } from './memory.js';
import { PerfReader, type PerfReaderOptions } from './perf-reader.js';
import { ProgramHandle } from './program-handle.js';
import type { ProgramObject } from './program-object.js';
import { requireRunnable } from './program-types.js';
import type { ReplayAttachments } from './replay/attachments.js';
import { type ReplayOptions, type ReplaySummary, replay } from './replay/replay.js';
import type { CaptureSource } from './replay/source.js';
import { replayPoints } from './replay-points.js';
import { type RingBufferOptions, RingBufferReader } from './ringbuf-reader.js';
import type { EngineSnapshot } from './snapshot.js';
import { restoreSnapshot, takeSnapshot } from './state-snapshot.js';
import type { Devices } from './world/devices.js';
import type { SimulatedTask, TaskOptions } from './world/task.js';
import { World } from './world/world.js';

export interface EngineOptions extends EngineMemoryOptions {
  /** What runs programs: the JIT (default), or the slow reference interpreter. */
  readonly engine?: 'jit' | 'interpreter';
  /** Shown as `uid` of programs; default 0. */
  readonly uid?: number;
  /** Called with each line that a program prints (`bpf_printk`). */
  readonly onTrace?: (line: string) => void;
  /** What programs call in place of helpers, asked when a program is loaded. */
  readonly helperOverrides?: HelperOverrides;
  /** Count what programs do, for coverage: see `Engine.counts`. Makes them slower. */
  readonly count?: boolean;
}

/** How to replay a capture; see `ReplayOptions`. */
export type EngineReplayOptions = Omit<ReplayOptions, 'device'> & {
  /** The device that the packets come in on; default `eth0`. */
  readonly device?: string;
};

/**
 * The userspace kernel: maps, programs, links and pins in one WebAssembly memory, without privileges, on any system.
 *
 * @example
 * ```ts
 * import { Engine } from 'skep';
 * const engine = await Engine.create();
 * const map = await engine.createMap({ name: 'counts', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 16, flags: 0, pinning: 'none' });
 * await map.update(Uint8Array.of(10, 0, 0, 1), new Uint8Array(8));
 * await engine.close();
 * ```
 */
export class Engine implements Kernel {
  readonly kind = 'engine';
  readonly memory: EngineMemory;
  /** The simulated host around the programs. */
  readonly world: World;
  /** What programs printed. */
  readonly trace: TraceLog;
  /** What programs did, by instruction; only with the option `count`. */
  readonly counts: ProgramCounters | undefined;
  readonly #options: EngineOptions;
  readonly #code: CodeCache;
  readonly #types = new KernelTypes();
  readonly #state: KernelState;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.memory = EngineMemory.create(options);
    this.trace = new TraceLog(options.onTrace);
    this.world = new World(this.memory, new LinkedPoints(() => this.#state), this.#types);
    this.#code = new CodeCache(
      this.memory,
      createHostHelpers({ memory: this.memory, trace: this.trace, world: this.world }),
      {
        engine: options.engine ?? 'jit',
        overrides: options.helperOverrides ?? new Map(),
      },
    );
    this.counts = options.count === true ? new ProgramCounters(this.memory) : undefined;
    this.#state = new KernelState({
      memory: this.memory,
      world: this.world,
      code: this.#code,
      counts: this.counts,
      types: this.#types,
    });
  }

  /** An empty engine. @throws {KernelError} ENOMEM */
  static async create(options: EngineOptions = {}): Promise<Engine> {
    return new Engine(options);
  }

  /** An engine in the state that `snapshot` describes. Programs are verified again when they first run. */
  static async restore(snapshot: EngineSnapshot, options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    await restoreSnapshot(engine.#state, snapshot);
    return engine;
  }

  /** The network devices of the simulated host. */
  get devices(): Devices {
    return this.world.devices;
  }

  get description(): string {
    return `the skep engine (${this.#code.engine}, ${this.memory.cpus} CPU${this.memory.cpus === 1 ? '' : 's'})`;
  }

  /** That of a Linux 6.18 with what the engine has. */
  get environment(): KernelEnvironment {
    return { ...engineEnvironment(this.memory.cpus), ...this.#types.answers() };
  }

  async readTypes(): Promise<void> {
    await this.#types.read();
  }

  async createMap(spec: MapSpec): Promise<BpfMap> {
    return this.#mapHandle(this.#state.addMap(this.#state.maps.takeId(), spec));
  }

  async maps(): Promise<BpfMap[]> {
    return this.#state.maps.all().map((object) => this.#mapHandle(object));
  }

  async mapById(id: number): Promise<BpfMap> {
    return this.#mapHandle(this.#state.maps.get(id));
  }

  async loadProgram(program: LoadableProgram, options: LoadProgramOptions = {}): Promise<Program> {
    const { maps, ...parts } = program;
    if (options.verifyOnly !== true) requireRunnable(parts.type);
    const objects = maps.map((map) => this.#ownMap(map));
    await this.#state.readTypesFor(parts);
    const id = this.#state.programs.nextId;
    const object = this.#state.newProgram(id, parts, objects, {
      loadedAt: Date.now(),
      uid: this.#options.uid ?? 0,
      ...this.#state.btfIdOf(parts.btf),
    });
    try {
      object.verify(options);
      if (options.verifyOnly !== true) object.code();
    } catch (error) {
      object.destroy();
      throw error;
    }
    this.#state.programs.add(object);
    return this.#programHandle(object);
  }

  async programs(): Promise<Program[]> {
    return this.#state.programs.all().map((object) => this.#programHandle(object));
  }

  async programById(id: number): Promise<Program> {
    return this.#programHandle(this.#state.programs.get(id));
  }

  async attach(program: Program, target: AttachTarget): Promise<Link> {
    const object = this.#ownProgram(program);
    requireFitting(object.parts.type, target, object.parts.attachType);
    await this.#state.readTypesAt(target);
    object.code();
    return this.#state.links.add(object, target);
  }

  async links(): Promise<Link[]> {
    return this.#state.links.all();
  }

  async linkById(id: number): Promise<Link> {
    return this.#state.links.get(id);
  }

  /** Links of the engine live until they are detached: RATIONALE.md says why. */
  async keep(): Promise<undefined> {}

  async btfs(): Promise<readonly BtfInfo[]> {
    return btfInfos([...this.#state.maps.all(), ...this.#state.programs.all()]);
  }

  async btfById(id: number): Promise<Btf> {
    return btfById([...this.#state.maps.all(), ...this.#state.programs.all()], id);
  }

  async pin(object: KernelObject, path: string): Promise<void> {
    if (object.kind === 'map') {
      const own = this.#ownMap(object);
      this.#state.pins.add(path, 'map', own.id);
      this.#state.maps.use(own);
    } else if (object.kind === 'program') {
      const own = this.#ownProgram(object);
      this.#state.pins.add(path, 'program', own.id);
      this.#state.programs.use(own);
    } else {
      this.#state.links.get(object.id);
      this.#state.pins.add(path, 'link', object.id);
    }
  }

  async unpin(path: string): Promise<void> {
    const pin = this.#state.pins.remove(path);
    if (pin.kind === 'map') this.#state.maps.release(this.#state.maps.get(pin.id));
    if (pin.kind === 'program') this.#state.programs.release(this.#state.programs.get(pin.id));
  }

  async pinned(path: string): Promise<KernelObject> {
    const pin = this.#state.pins.get(path);
    if (pin.kind === 'map') return this.mapById(pin.id);
    return pin.kind === 'program' ? this.programById(pin.id) : this.linkById(pin.id);
  }

  async pins(): Promise<readonly Pin[]> {
    return this.#state.pins.all();
  }

  /**
   * Reads the records that programs send through a `ringbuf` map, which stays alive until the reader is closed.
   *
   * @example
   * ```ts
   * import { Engine } from 'skep';
   * const engine = await Engine.create();
   * const map = await engine.createMap({ name: 'events', type: 'ringbuf', keySize: 0, valueSize: 0, maxEntries: 4096, flags: 0, pinning: 'none' });
   * using reader = engine.ringBuffer(map);
   * for (const record of reader.read()) console.log(record);
   * ```
   */
  ringBuffer(map: BpfMap | { readonly raw: BpfMap }, options: RingBufferOptions = {}): RingBufferReader {
    const object = this.#ownMap('raw' in map ? map.raw : map);
    const reader = new RingBufferReader(this.memory, object.map, options, () =>
      this.#state.maps.release(object),
    );
    this.#state.maps.use(object);
    return reader;
  }

  /**
   * Reads the records that programs send with `bpf_perf_event_output` through a `perf_event_array`, which stays alive
   * until the reader is closed. Without a reader programs get -ENOENT; a full ring counts what it loses.
   *
   * @example
   * ```ts
   * import { Engine } from 'skep';
   * const engine = await Engine.create();
   * const map = await engine.createMap({ name: 'events', type: 'perf_event_array', keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, pinning: 'none' });
   * using reader = engine.perfBuffer(map);
   * for (const { cpu, data } of reader.read()) console.log(cpu, data);
   * ```
   */
  perfBuffer(map: BpfMap | { readonly raw: BpfMap }, options: PerfReaderOptions = {}): PerfReader {
    const object = this.#ownMap('raw' in map ? map.raw : map);
    const reader = new PerfReader(this.memory, object.map, options, () => this.#state.maps.release(object));
    this.#state.maps.use(object);
    return reader;
  }

  /**
   * Plays a capture (pcap or pcapng: bytes, chunks, or a function that opens them) to what is attached. Programs that
   * are attached or detached meanwhile take part from the next batch on.
   */
  replay(source: CaptureSource, options: EngineReplayOptions = {}): Promise<ReplaySummary> {
    const device = this.devices.byName(options.device ?? 'eth0');
    const { attachments: attached } = this.#state.links;
    let points: { readonly version: number; readonly attachments: ReplayAttachments } | undefined;
    const attachments = (): ReplayAttachments => {
      const { version } = attached;
      if (points?.version !== version) {
        const slotOf = (id: number) => this.#state.programs.get(id).code().slot;
        points = { version, attachments: replayPoints(attached, device.name, slotOf) };
      }
      return points.attachments;
    };
    return replay(this.memory, attachments, source, { ...options, device });
  }

  /** A task of the simulated host: what it does runs the programs attached to its cgroup. */
  task(options: TaskOptions = {}): SimulatedTask {
    const { comm = 'task', ...rest } = options;
    return this.world.task(comm, rest);
  }

  /** Everything that outlives this process: pinned and attached objects and what they use. */
  snapshot(): EngineSnapshot {
    return takeSnapshot(this.#state);
  }

  async close(): Promise<void> {}

  #mapHandle(object: MapObject): MapHandle {
    return new MapHandle(object, this.#state.maps);
  }

  #programHandle(object: ProgramObject): ProgramHandle {
    return new ProgramHandle(object, this.#state.programs, this.memory);
  }

  #ownMap(map: BpfMap): MapObject {
    return this.#state.maps.get(map.id);
  }

  #ownProgram(program: Program): ProgramObject {
    return this.#state.programs.get(program.id);
  }
}
