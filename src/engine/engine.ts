import type { Btf } from '../btf/types.js';
import { hookByName } from '../hooks/index.js';
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
import { needsKernelTypes } from '../verifier/kernel-types/needs.js';
import { requireFitting } from './attachments.js';
import { btfById, btfInfos } from './btf-objects.js';
import { CodeCache } from './code.js';
import { ProgramCounters } from './counters.js';
import { engineEnvironment } from './environment.js';
import { createHostHelpers } from './helpers/bindings.js';
import type { HelperOverrides } from './helpers/overrides.js';
import { TraceLog } from './helpers/trace-log.js';
import { keptObjects } from './kept.js';
import { KernelTypes } from './kernel-types.js';
import { Links } from './links.js';
import { MapHandle, MapObject } from './map-handle.js';
import { EngineMap } from './maps.js';
import { EngineMemory, type EngineMemoryOptions } from './memory.js';
import { BtfIds, ObjectTable } from './objects.js';
import { PerfReader, type PerfReaderOptions } from './perf-reader.js';
import { Pins } from './pins.js';
import { ProgramHandle } from './program-handle.js';
import { type LoadStamp, ProgramObject, type ProgramParts } from './program-object.js';
import { requireRunnable } from './program-types.js';
import type { ReplayAttachments } from './replay/attachments.js';
import { type ReplayOptions, type ReplaySummary, replay } from './replay/replay.js';
import type { CaptureSource } from './replay/source.js';
import { replayPoints } from './replay-points.js';
import { type RingBufferOptions, RingBufferReader } from './ringbuf-reader.js';
import type { EngineSnapshot, ProgramSnapshot } from './snapshot.js';
import type { CallContext } from './world/calls/context.js';
import { CgroupHooks } from './world/cgroup-hooks.js';
import type { Devices } from './world/devices.js';
import { SimulatedTask, type TaskOptions } from './world/task.js';
import { World } from './world/world.js';

/** Pids of simulated tasks start here, unless they say one. */
const FIRST_PID = 1000;

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
  readonly world = new World();
  /** What programs printed. */
  readonly trace: TraceLog;
  /** What programs did, by instruction; only with the option `count`. */
  readonly counts: ProgramCounters | undefined;
  readonly #options: EngineOptions;
  readonly #code: CodeCache;
  readonly #maps = new ObjectTable<MapObject>('map');
  readonly #programs = new ObjectTable<ProgramObject>('prog');
  readonly #pins = new Pins();
  readonly #links = new Links(this.#programs, this.#pins, this.world);
  readonly #btf = new BtfIds();
  readonly #types = new KernelTypes();
  #nextPid = FIRST_PID;
  readonly #calls: CallContext;
  /** What maps of maps hold. */
  readonly #innerMaps = {
    find: (id: number) => this.#maps.find(id)?.map,
    use: (id: number) => this.#maps.use(this.#maps.get(id)),
    release: (id: number) => this.#maps.release(this.#maps.get(id)),
  };

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.memory = EngineMemory.create(options);
    this.trace = new TraceLog(options.onTrace);
    const hooks = new CgroupHooks(this.memory, (attachType, { path }) =>
      this.#links.attachments
        .at({ kind: 'cgroup', attachType, path })
        .map(({ programId }) => this.#programs.get(programId).code().slot),
    );
    this.#calls = { memory: this.memory, world: this.world, hooks };
    this.#code = new CodeCache(
      this.memory,
      createHostHelpers({ memory: this.memory, trace: this.trace, world: this.world }),
      {
        engine: options.engine ?? 'jit',
        overrides: options.helperOverrides ?? new Map(),
      },
    );
    this.counts = options.count === true ? new ProgramCounters(this.memory) : undefined;
  }

  /** An empty engine. @throws {KernelError} ENOMEM */
  static async create(options: EngineOptions = {}): Promise<Engine> {
    return new Engine(options);
  }

  /** An engine in the state that `snapshot` describes. Programs are verified again when they first run. */
  static async restore(snapshot: EngineSnapshot, options: EngineOptions = {}): Promise<Engine> {
    const engine = new Engine(options);
    for (const program of snapshot.programs) await engine.#readTypesFor(program);
    engine.#restore(snapshot);
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
    return this.#mapHandle(this.#addMap(this.#maps.takeId(), spec));
  }

  async maps(): Promise<BpfMap[]> {
    return this.#maps.all().map((object) => this.#mapHandle(object));
  }

  async mapById(id: number): Promise<BpfMap> {
    return this.#mapHandle(this.#maps.get(id));
  }

  async loadProgram(program: LoadableProgram, options: LoadProgramOptions = {}): Promise<Program> {
    const { maps, ...parts } = program;
    if (options.verifyOnly !== true) requireRunnable(parts.type);
    const objects = maps.map((map) => this.#ownMap(map));
    await this.#readTypesFor(parts);
    const id = this.#programs.nextId;
    const object = this.#newProgram(id, parts, objects, {
      loadedAt: Date.now(),
      uid: this.#options.uid ?? 0,
      ...this.#btfIdOf(parts.btf),
    });
    try {
      object.verify(options);
      if (options.verifyOnly !== true) object.code();
    } catch (error) {
      object.destroy();
      throw error;
    }
    this.#programs.add(object);
    return this.#programHandle(object);
  }

  async programs(): Promise<Program[]> {
    return this.#programs.all().map((object) => this.#programHandle(object));
  }

  async programById(id: number): Promise<Program> {
    return this.#programHandle(this.#programs.get(id));
  }

  async attach(program: Program, target: AttachTarget): Promise<Link> {
    const object = this.#ownProgram(program);
    requireFitting(object.parts.type, target, object.parts.attachType);
    object.code();
    return this.#links.add(object, target);
  }

  async links(): Promise<Link[]> {
    return this.#links.all();
  }

  async linkById(id: number): Promise<Link> {
    return this.#links.get(id);
  }

  /** Links of the engine live until they are detached: RATIONALE.md says why. */
  async keep(): Promise<undefined> {}

  async btfs(): Promise<readonly BtfInfo[]> {
    return btfInfos([...this.#maps.all(), ...this.#programs.all()]);
  }

  async btfById(id: number): Promise<Btf> {
    return btfById([...this.#maps.all(), ...this.#programs.all()], id);
  }

  async pin(object: KernelObject, path: string): Promise<void> {
    if (object.kind === 'map') {
      const own = this.#ownMap(object);
      this.#pins.add(path, 'map', own.id);
      this.#maps.use(own);
    } else if (object.kind === 'program') {
      const own = this.#ownProgram(object);
      this.#pins.add(path, 'program', own.id);
      this.#programs.use(own);
    } else {
      this.#links.get(object.id);
      this.#pins.add(path, 'link', object.id);
    }
  }

  async unpin(path: string): Promise<void> {
    const pin = this.#pins.remove(path);
    if (pin.kind === 'map') this.#maps.release(this.#maps.get(pin.id));
    if (pin.kind === 'program') this.#programs.release(this.#programs.get(pin.id));
  }

  async pinned(path: string): Promise<KernelObject> {
    const pin = this.#pins.get(path);
    if (pin.kind === 'map') return this.mapById(pin.id);
    return pin.kind === 'program' ? this.programById(pin.id) : this.linkById(pin.id);
  }

  async pins(): Promise<readonly Pin[]> {
    return this.#pins.all();
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
    const reader = new RingBufferReader(this.memory, object.map, options, () => this.#maps.release(object));
    this.#maps.use(object);
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
    const reader = new PerfReader(this.memory, object.map, options, () => this.#maps.release(object));
    this.#maps.use(object);
    return reader;
  }

  /**
   * Plays a capture (pcap or pcapng: bytes, chunks, or a function that opens them) to what is attached. Programs that
   * are attached or detached meanwhile take part from the next batch on.
   */
  replay(source: CaptureSource, options: EngineReplayOptions = {}): Promise<ReplaySummary> {
    const device = this.devices.byName(options.device ?? 'eth0');
    const { attachments: attached } = this.#links;
    let points: { readonly version: number; readonly attachments: ReplayAttachments } | undefined;
    const attachments = (): ReplayAttachments => {
      const { version } = attached;
      if (points?.version !== version) {
        const slotOf = (id: number) => this.#programs.get(id).code().slot;
        points = { version, attachments: replayPoints(attached, device.name, slotOf) };
      }
      return points.attachments;
    };
    return replay(this.memory, attachments, source, { ...options, device });
  }

  /** A task of the simulated host: what it does runs the programs attached to its cgroup. */
  task(options: TaskOptions = {}): SimulatedTask {
    return new SimulatedTask(this.#calls, options, this.#nextPid++);
  }

  /** Everything that outlives this process: pinned and attached objects and what they use. */
  snapshot(): EngineSnapshot {
    const kept = keptObjects(this.#pins.all(), this.#links.all(), this.#maps, this.#programs);
    return {
      nextMapId: this.#maps.nextId,
      nextProgramId: this.#programs.nextId,
      nextLinkId: this.#links.nextId,
      nextBtfId: this.#btf.nextId,
      maps: kept.maps.map(({ id, spec, map, btfId }) => ({
        id,
        spec,
        frozen: map.frozen,
        ...(btfId === undefined ? {} : { btfId }),
        entries: map.snapshot(),
      })),
      programs: kept.programs.map((program) => program.snapshot()),
      links: this.#links.all().map(({ id, programId, target }) => ({ id, programId, target })),
      pins: this.#pins.all(),
    };
  }

  async close(): Promise<void> {}

  #restore(snapshot: EngineSnapshot): void {
    // Programs first need their maps; program arrays in turn name programs, so contents come last.
    for (const { id, spec, btfId } of snapshot.maps) {
      this.#btf.enter(spec.btf, btfId);
      this.#addMap(id, spec);
    }
    for (const { id, mapIds, loadedAt, uid, btfId, bytesJited = 0, ...parts } of snapshot.programs) {
      const maps = mapIds.map((mapId) => this.#maps.get(mapId));
      this.#btf.enter(parts.btf, btfId);
      this.#programs.add(
        this.#newProgram(id, { ...parts, btf: parts.btf }, maps, {
          loadedAt,
          uid,
          bytesJited,
          ...this.#btfIdOf(parts.btf),
        }),
      );
    }
    for (const { id, frozen, entries } of snapshot.maps) {
      const object = this.#maps.get(id);
      object.map.restore(entries);
      object.changed();
      if (frozen && !object.map.frozen) object.map.freeze();
    }
    for (const { id, programId, target } of snapshot.links)
      this.#links.add(this.#programs.get(programId), target, id);
    for (const { path, kind, id } of snapshot.pins) {
      this.#pins.add(path, kind, id);
      if (kind === 'map') this.#maps.use(this.#maps.get(id));
      if (kind === 'program') this.#programs.use(this.#programs.get(id));
    }
    this.#maps.nextId = snapshot.nextMapId;
    this.#programs.nextId = snapshot.nextProgramId;
    this.#links.nextId = snapshot.nextLinkId;
    this.#btf.nextId = snapshot.nextBtfId;
  }

  #btfIdOf(btf: Btf | undefined): { readonly btfId?: number } {
    return btf === undefined ? {} : { btfId: this.#btf.of(btf) };
  }

  #addMap(id: number, spec: MapSpec): MapObject {
    const programSlot = (programId: number) => this.#programs.find(programId)?.code().tailSlot;
    const map = EngineMap.create(this.memory, spec, {
      id,
      programSlot,
      programType: (programId) => this.#programs.find(programId)?.parts.type,
      inner: this.#innerMaps,
      world: this.world,
    });
    const object = new MapObject(id, spec, map, this.#programs, this.#btfIdOf(spec.btf).btfId);
    this.#maps.add(object);
    return object;
  }

  /** Programs that only the kernel's types can decide need them before they are verified. */
  async #readTypesFor(
    program: Pick<ProgramSnapshot, 'type' | 'attachType' | 'insns' | 'btf'> | ProgramParts,
  ) {
    const { type, attachType, insns, btf } = program;
    const hook = hookByName(type);
    if (hook !== undefined && needsKernelTypes({ hook, attachType, insns, btf })) await this.#types.read();
  }

  #newProgram(id: number, parts: ProgramParts, maps: readonly MapObject[], stamp: LoadStamp): ProgramObject {
    for (const map of maps) this.#maps.use(map);
    const surroundings = { cache: this.#code, counts: this.counts, types: this.#types };
    return new ProgramObject(id, parts, maps, stamp, surroundings, () => {
      for (const map of maps) this.#maps.release(map);
    });
  }

  #mapHandle(object: MapObject): MapHandle {
    return new MapHandle(object, this.#maps);
  }

  #programHandle(object: ProgramObject): ProgramHandle {
    return new ProgramHandle(object, this.#programs, this.memory);
  }

  #ownMap(map: BpfMap): MapObject {
    return this.#maps.get(map.id);
  }

  #ownProgram(program: Program): ProgramObject {
    return this.#programs.get(program.id);
  }
}
