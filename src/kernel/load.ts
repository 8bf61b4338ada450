import { SkepError } from '../errors/base.js';
import { KernelError } from '../errors/errno.js';
import { kconfigContents, relocate } from '../object/index.js';
import { MAP_FLAGS } from '../object/map-flags.js';
import type { MapSpec, ObjectSpec, ProgramSpec } from '../object/spec.js';
import type {
  AttachTarget,
  BpfMap,
  Kernel,
  KernelEnvironment,
  Link,
  LoadProgramOptions,
  Program,
} from './kernel.js';
import { requireSameShape } from './map-shape.js';
import { sectionTarget } from './section-target.js';
import { kernelStructOps, structOpsContents } from './struct-ops.js';
import { TypedMap } from './typed-map.js';

export interface LoadOptions {
  /** Load these programs only; default: all but those whose section starts with `?`. */
  readonly programs?: readonly string[];
  /** Load programs as this type (bpftool's word), whatever their sections say. */
  readonly type?: string;
  /** Maps to use in place of new ones, by the object's name for them. Their shapes must fit. */
  readonly maps?: Readonly<Record<string, BpfMap>>;
  /** Maps of `?.struct_ops` sections to make; those that are not named are left out. */
  readonly optionalMaps?: readonly string[];
  /** For programs that replace or trace functions of another program (freplace, fentry on BPF): that program. */
  readonly targetProgram?: Program;
  /** Where maps that ask for it are found and pinned by name; default `/sys/fs/bpf`. */
  readonly pinDirectory?: string;
  /** Stop after the verdicts: the programs need not be of types that this kernel runs, and will not run. */
  readonly verifyOnly?: boolean;
  /** See `LoadProgramOptions`. */
  readonly privileges?: LoadProgramOptions['privileges'];
  /** 1, 2 and 4: Linux's bits. The log goes to `onLog`. */
  readonly logLevel?: number;
  readonly onLog?: (program: string, log: string) => void;
  /** See `LoadProgramOptions`. */
  readonly onVerify?: LoadProgramOptions['onVerify'];
}

/** The default pin directory of libbpf. */
const PIN_DIRECTORY = '/sys/fs/bpf';

/** An object file that lives in a kernel: its maps and programs by their names in C. */
export class LoadedObject {
  readonly maps: ReadonlyMap<string, TypedMap>;
  readonly programs: ReadonlyMap<string, Program>;
  readonly spec: ObjectSpec;
  readonly #kernel: Kernel;

  constructor(
    spec: ObjectSpec,
    kernel: Kernel,
    maps: ReadonlyMap<string, TypedMap>,
    programs: ReadonlyMap<string, Program>,
  ) {
    this.spec = spec;
    this.#kernel = kernel;
    this.maps = maps;
    this.programs = programs;
  }

  /** A map by its name in C. @throws {SkepError} `NO_SUCH_MAP` naming those that there are. */
  map<K = unknown, V = unknown>(name: string): TypedMap<K, V> {
    const map = this.maps.get(name);
    if (map === undefined) throw missing('map', name, [...this.maps.keys()]);
    return map as TypedMap<K, V>;
  }

  /** A program by its name in C. @throws {SkepError} `NO_SUCH_PROGRAM` naming those that there are. */
  program(name: string): Program {
    const program = this.programs.get(name);
    if (program === undefined) throw missing('program', name, [...this.programs.keys()]);
    return program;
  }

  /**
   * Hands a struct of functions to the kernel (`.struct_ops`, `.struct_ops.link`), which calls them from then on.
   *
   * @throws {SkepError} `NO_SUCH_MAP`; {KernelError} when the kernel does not take it.
   */
  async register(name: string): Promise<Link> {
    const { raw } = this.map(name);
    const spec = this.spec.maps.find((map) => map.name === name);
    const programs = spec?.structOps?.functions.map(({ program }) => program) ?? [];
    if (spec?.structOps === undefined || spec.btf === undefined)
      throw new KernelError('EINVAL', `map ${name} is no struct_ops but ${spec?.type}`, {
        facts: { map: name },
      });
    const first = this.programs.get(programs[0] ?? '');
    if (first === undefined)
      throw new KernelError('EINVAL', `struct_ops ${name} has no programs`, { facts: { map: name } });
    await writeStructOps(this.#kernel, raw, spec, (program) => this.programs.get(program)?.id);
    return this.#kernel.attach(first, { kind: 'struct_ops', map: raw.id });
  }

  /** Attaches a program to a target, by default to the one that its section names. */
  async attach(name: string, target?: AttachTarget): Promise<Link> {
    const program = this.program(name);
    const spec = this.spec.programs.find((one) => one.name === name);
    return this.#kernel.attach(program, target ?? sectionTarget(spec as ProgramSpec));
  }

  /** Lets go of all maps and programs; what is pinned or attached lives on. */
  async close(): Promise<void> {
    for (const program of this.programs.values()) await program.close();
    for (const map of this.maps.values()) await map.raw.close();
  }
}

/** The value of a struct_ops map; that of a map for links stays once it is set. */
async function writeStructOps(
  kernel: Kernel,
  map: BpfMap,
  { structOps, btf, flags }: MapSpec,
  programId: (name: string) => number | undefined,
): Promise<void> {
  const types = kernel.environment.btf;
  if (structOps === undefined || btf === undefined || types === undefined) return;
  const into = kernelStructOps(types, structOps.struct);
  const value = structOpsContents(structOps, btf, types, into, programId);
  try {
    await map.update(u32(0), value);
  } catch (error) {
    const isSet = error instanceof KernelError && error.errno === 'EBUSY';
    if (!isSet || (flags & MAP_FLAGS.link) === 0) throw error;
  }
}

function missing(what: 'map' | 'program', name: string, there: readonly string[]): SkepError {
  return new SkepError(
    what === 'map' ? 'NO_SUCH_MAP' : 'NO_SUCH_PROGRAM',
    `the object has no ${what} ${name}`,
    {
      facts: { name, there },
      hint: there.length === 0 ? `it has no ${what}s at all` : `it has ${there.join(', ')}`,
    },
  );
}

/**
 * Brings an object into a kernel: makes its maps (or reuses pinned ones), resolves references, verifies and loads its
 * programs. When anything fails, what was made before is let go and nothing new stays pinned.
 *
 * @throws {ProgramRejected} when the verifier refuses a program.
 * @throws {KernelError} when a map cannot be made or a pinned one has another shape.
 */
export async function load(
  spec: ObjectSpec,
  kernel: Kernel,
  options: LoadOptions = {},
): Promise<LoadedObject> {
  if (!spec.littleEndian) {
    throw new SkepError('WRONG_ENDIAN', 'the object is big-endian, and this kernel is little-endian', {
      hint: 'compile it with -target bpf or -target bpfel',
    });
  }
  const undo: (() => Promise<void>)[] = [];
  try {
    const maps = new Map<string, BpfMap>();
    for (const map of spec.maps)
      if (isWanted(map, options)) maps.set(map.name, await obtainMap(map, kernel, options, undo));
    const programs = new Map<string, Program>();
    for (const program of chosenPrograms(spec, options)) {
      const loaded = await loadProgram(program, [...maps], kernel, options);
      undo.push(() => loaded.close());
      programs.set(program.name, loaded);
    }
    await fillMaps(spec, maps, programs);
    const typed = new Map<string, TypedMap>();
    for (const [name, map] of maps) typed.set(name, await TypedMap.of(map));
    return new LoadedObject(spec, kernel, typed, programs);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

function chosenPrograms(spec: ObjectSpec, options: LoadOptions): readonly ProgramSpec[] {
  const wanted = options.programs;
  if (wanted === undefined) {
    const asked = (options.optionalMaps ?? []).flatMap(
      (name) => spec.maps.find((map) => map.name === name)?.structOps?.functions ?? [],
    );
    const also = new Set(asked.map(({ program }) => program));
    return spec.programs.filter(({ autoload, name }) => autoload !== false || also.has(name));
  }
  return wanted.map((name) => {
    const program = spec.programs.find((one) => one.name === name);
    if (program === undefined)
      throw missing(
        'program',
        name,
        spec.programs.map((one) => one.name),
      );
    return program;
  });
}

/** Structs of functions are for a kernel that calls them, and nothing that a verdict needs. */
function isWanted(
  { name, structOps, autocreate }: MapSpec,
  { verifyOnly, optionalMaps = [] }: LoadOptions,
): boolean {
  if (structOps !== undefined && verifyOnly === true) return false;
  return autocreate !== false || optionalMaps.includes(name);
}

async function obtainMap(
  spec: MapSpec,
  kernel: Kernel,
  options: LoadOptions,
  undo: (() => Promise<void>)[],
): Promise<BpfMap> {
  const given = options.maps?.[spec.name];
  if (given !== undefined) {
    requireSameShape(spec, await given.info(), `given for ${spec.name}`);
    return given;
  }
  const path =
    spec.pinning === 'by_name' ? `${options.pinDirectory ?? PIN_DIRECTORY}/${spec.name}` : undefined;
  if (path !== undefined) {
    const pinned = await pinnedMap(kernel, path);
    if (pinned !== undefined) {
      requireSameShape(spec, await pinned.info(), `pinned at ${path}`);
      undo.push(() => pinned.close());
      return pinned;
    }
  }
  const map = await kernel.createMap(fittedTo(spec, kernel.environment));
  undo.push(() => map.close());
  if (path !== undefined) {
    await kernel.pin(map, path);
    undo.push(() => kernel.unpin(path));
  }
  return map;
}

/** The blueprint with what only the kernel knows filled in. */
function fittedTo(spec: MapSpec, { cpus, config, facts }: KernelEnvironment): MapSpec {
  if (spec.externs !== undefined) return { ...spec, contents: kconfigContents(spec, config, facts) };
  if (spec.type === 'perf_event_array' && spec.maxEntries === 0) return { ...spec, maxEntries: cpus };
  if (spec.type === 'ringbuf' || spec.type === 'user_ringbuf')
    return { ...spec, maxEntries: ringBytes(spec) };
  return spec;
}

const PAGE = 4096;

/** A ring is whole pages, a power of two of them; libbpf makes it the next larger one too. */
function ringBytes({ maxEntries }: MapSpec): number {
  let bytes = PAGE;
  while (bytes < maxEntries && bytes < 2 ** 31) bytes *= 2;
  return maxEntries === 0 ? 0 : bytes;
}

async function pinnedMap(kernel: Kernel, path: string): Promise<BpfMap | undefined> {
  if (!(await kernel.pins()).some((pin) => pin.path === path)) return undefined;
  const object = await kernel.pinned(path);
  if (object.kind === 'map') return object;
  throw new KernelError('EINVAL', `${path} pins a ${object.kind}, not a map`, {
    facts: { path, kind: object.kind },
  });
}

async function loadProgram(
  spec: ProgramSpec,
  maps: readonly (readonly [string, BpfMap])[],
  kernel: Kernel,
  options: LoadOptions,
): Promise<Program> {
  const type = options.type ?? spec.type;
  if (type === undefined) {
    throw new SkepError(
      'UNKNOWN_SECTION',
      `section ${spec.section} of program ${spec.name} names no program type`,
      {
        facts: { program: spec.name, section: spec.section },
        hint: 'rename the section, or say the type: `type xdp`',
      },
    );
  }
  // Only the maps that the program names: that is what `prog show` lists.
  const used = maps.filter(([name]) =>
    spec.relocations.some((one) => (one.kind === 'map' || one.kind === 'map_value') && one.map === name),
  );
  const asksSymbols = spec.relocations.some(({ kind }) => kind === 'kfunc' || kind === 'ksym');
  if (asksSymbols || spec.coreRelocations.length > 0) await kernel.readTypes?.();
  const { environment } = kernel;
  const insns = relocate(spec, {
    mapIndex: (name) => used.findIndex(([other]) => other === name),
    // A real kernel's types are read when they are first asked for, and most programs do not.
    kernelBtf: spec.coreRelocations.length === 0 ? undefined : environment.btf,
    ...(environment.ksym === undefined ? {} : { ksym: environment.ksym }),
    ...(environment.kfunc === undefined ? {} : { kfunc: environment.kfunc }),
  });
  const { onLog, onVerify } = options;
  return kernel.loadProgram(
    {
      name: spec.name,
      type,
      ...(spec.attachType === undefined || options.type !== undefined ? {} : { attachType: spec.attachType }),
      ...(spec.attachTo === undefined ? {} : { attachTo: spec.attachTo }),
      ...(options.targetProgram === undefined ? {} : { targetProgram: options.targetProgram }),
      ...(spec.structOps === undefined ? {} : { structOps: spec.structOps }),
      ...(spec.sleepable ? { sleepable: true } : {}),
      ...(spec.xdpFrags ? { xdpFrags: true } : {}),
      license: spec.license,
      kernelVersion: spec.kernelVersion,
      insns,
      maps: used.map(([, map]) => map),
      subprograms: spec.subprograms,
      lines: spec.lines,
      btf: spec.btf,
    },
    {
      ...(options.verifyOnly === undefined ? {} : { verifyOnly: options.verifyOnly }),
      ...(options.privileges === undefined ? {} : { privileges: options.privileges }),
      ...(options.logLevel === undefined ? {} : { logLevel: options.logLevel }),
      ...(onVerify === undefined ? {} : { onVerify }),
      ...(onLog === undefined ? {} : { onLog: (log: string) => onLog(spec.name, log) }),
    },
  );
}

/** Static initial values: maps and programs in slots of other maps. */
async function fillMaps(
  spec: ObjectSpec,
  maps: ReadonlyMap<string, BpfMap>,
  programs: ReadonlyMap<string, Program>,
): Promise<void> {
  for (const { name, initial } of spec.maps) {
    for (const { key, ref, refKind } of initial ?? []) {
      const target = refKind === 'map' ? maps.get(ref) : programs.get(ref);
      if (target !== undefined) await maps.get(name)?.update(u32(key), u32(target.id));
    }
  }
}

function u32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
