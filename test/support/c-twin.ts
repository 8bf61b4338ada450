import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { linuxBtf } from '../../src/btf/linux/linux-btf.js';
import type { Btf, BtfType } from '../../src/btf/types.js';
import { writeBtf } from '../../src/btf/write.js';
import { compileSource } from '../../src/compiler/compile.js';
import type { FrontEnd } from '../../src/compiler/front/front.js';
import { clangInThisThread } from '../../src/compiler/front/in-thread.js';
import { readClangFile } from '../../src/compiler/front/node/files.js';
import { Engine } from '../../src/engine/engine.js';
import { KernelError } from '../../src/errors/errno.js';
import { attachTypeByName, hookByName } from '../../src/hooks/index.js';
import type { BpfMap, Kernel, LoadableProgram, RunInput, RunResult } from '../../src/kernel/kernel.js';
import { load } from '../../src/kernel/load.js';
import {
  type BpfFd,
  bpfAvailability,
  btfLoad,
  mapCreate,
  mapFreeze,
  mapLookup,
  mapNextKey,
  mapUpdate,
  progLoad,
  progTestRun,
} from '../../src/linux/bpf.js';
import { findMapType } from '../../src/maps/registry.js';
import type { MapSpec, ObjectSpec } from '../../src/object/spec.js';
import { funcInfo } from './verifier-btf.js';

export const kernelAvailability = bpfAvailability();

let front: FrontEnd | undefined;

/** The folder of the C programs, and of the header that they share. */
export const TWIN_CASES = 'test/cases/twin';

/** Compiles a case with skep's own compiler and headers. @throws Error with clang's words */
export async function compileObject(file: string): Promise<Uint8Array> {
  const resolve = createRequire(join(process.cwd(), 'package.json')).resolve;
  front ??= clangInThisThread(readClangFile(resolve('@yowasp/clang')));
  const read = (path: string) => {
    const at = join(TWIN_CASES, path);
    return existsSync(at) ? new Uint8Array(readFileSync(at)) : undefined;
  };
  const { object, text } = await compileSource(file, read, front, { btf: linuxBtf, flags: ['-w'] });
  if (object === undefined) throw new Error(text);
  return object;
}

/** The names of a case's programs, by its text. */
export function programsOf(file: string): readonly string[] {
  const text = readFileSync(join(TWIN_CASES, file), 'utf8');
  return [...text.matchAll(/^SEC\("[^".]+"\) int (\w+)\(/gm)].map((match) => match[1]!);
}

/** What a run left behind: r0, the packet, the context, and each map's entries in order of their keys, as hex. */
export interface CTwinOutcome {
  /** Why the kernel did not run it at all. */
  readonly refused: string;
  readonly returnValue: number;
  readonly packet: string;
  readonly ctx: string;
  readonly maps: Readonly<Record<string, readonly string[]>>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Zeros at the end of a value say nothing. */
const row = ([key, value]: readonly [Uint8Array, Uint8Array]): string =>
  `${hex(key)}=${hex(value).replace(/(00)+$/, '')}`;

/** Types whose contents Linux and the engine can be asked for alike. */
const LISTED = new Set(['array', 'hash', 'lru_hash', 'lpm_trie']);
const listed = (spec: ObjectSpec): readonly MapSpec[] =>
  spec.maps.filter(({ type, frozen }) => LISTED.has(type) && frozen !== true);

/** @param contents asked for after the run */
async function outcome(
  run: () => Promise<RunResult>,
  contents: () => Promise<CTwinOutcome['maps']>,
): Promise<CTwinOutcome> {
  try {
    const { returnValue, data, ctx } = await run();
    return { refused: '', returnValue, packet: hex(data), ctx: hex(ctx), maps: await contents() };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { refused: error.errno, returnValue: 0, packet: '', ctx: '', maps: {} };
  }
}

/** Runs one program of an object in the engine, on fresh maps. */
export async function runInEngine(
  spec: ObjectSpec,
  program: string,
  input: RunInput,
  engine: 'jit' | 'interpreter',
): Promise<CTwinOutcome> {
  const kernel = await Engine.create({ engine });
  const object = await load(spec, kernel, { programs: [program] });
  const contents = async () => {
    const maps: Record<string, string[]> = {};
    for (const { name } of listed(spec)) {
      const rows: string[] = [];
      for await (const entry of object.map(name).raw.entries()) rows.push(row(entry));
      maps[name] = rows.sort();
    }
    return maps;
  };
  const left = await outcome(() => object.program(program).run(input), contents);
  await kernel.close();
  return left;
}

/** Runs one program of an object in this machine's own kernel, on fresh maps. @throws Error with the verifier's log */
export async function runInLinux(spec: ObjectSpec, program: string, input: RunInput): Promise<CTwinOutcome> {
  const kernel = new RawKernel();
  try {
    const object = await load(spec, kernel as unknown as Kernel, { programs: [program] });
    const entries = listed(spec).map((map) => [map, kernel.mapFd(object.map(map.name).raw)] as const);
    return await outcome(
      () => object.program(program).run(input),
      async () => Object.fromEntries(entries.map(([map, fd]) => [map.name, contents(fd, map)])),
    );
  } finally {
    kernel.close();
  }
}

function contents(map: BpfFd, { keySize, valueSize }: MapSpec): string[] {
  const rows: string[] = [];
  let key = mapNextKey(map, undefined, keySize);
  for (; key !== undefined; key = mapNextKey(map, key, keySize)) {
    const value = mapLookup(map, key, valueSize);
    if (value !== undefined) rows.push(row([key, value]));
  }
  return rows.sort();
}

/** Just enough of a kernel for `load` and test runs, by bpf(2). */
class RawKernel {
  readonly environment = { cpus: 1, config: new Map(), facts: { kernelVersion: 0x061200 } };
  readonly #fds: BpfFd[] = [];
  readonly #maps = new Map<number, BpfFd>();

  mapFd(map: BpfMap): BpfFd {
    return this.#maps.get(map.id)!;
  }

  async createMap(spec: MapSpec): Promise<BpfMap> {
    const { keySize, valueSize, maxEntries, flags, name } = spec;
    // Sections of global data have no type that the kernel needs.
    const btf = spec.section === undefined ? this.#mapBtf(spec) : undefined;
    const shape = { type: findMapType(spec.type)!.id, keySize, valueSize, maxEntries, flags, name };
    const inner = spec.inner === undefined ? undefined : this.mapFd(await this.createMap(spec.inner));
    const fd = this.#keep(
      mapCreate({
        ...shape,
        ...(spec.mapExtra === undefined ? {} : { mapExtra: spec.mapExtra }),
        ...(inner === undefined ? {} : { inner }),
        ...(btf ?? {}),
      }),
    );
    if (spec.contents !== undefined) mapUpdate(fd, new Uint8Array(4), spec.contents);
    if (spec.frozen) mapFreeze(fd);
    const id = this.#fds.length;
    this.#maps.set(id, fd);
    const info = async () => ({ ...shape, type: spec.type, id, frozen: false, memlock: 0 });
    const update = async (key: Uint8Array, value: Uint8Array) => mapUpdate(fd, key, value);
    return { kind: 'map', id, info, update, close: async () => {} } as unknown as BpfMap;
  }

  async loadProgram(program: LoadableProgram) {
    const { type, attachType, btf, subprograms, insns, maps, license } = program;
    const attach = attachType === undefined ? undefined : attachTypeByName(attachType);
    const loaded = progLoad({
      type: hookByName(type)!.id,
      ...(attach === undefined ? {} : { expectedAttachType: attach.id }),
      ...(hookByName(type)!.sleepable === 'must' ? { flags: 16 } : {}),
      insns,
      license,
      maps: maps.map((map) => this.mapFd(map)),
      logLevel: 1,
      ...(btf === undefined
        ? {}
        : { btf: this.#keep(btfLoad(writeBtf(loadable(btf)))), funcInfo: funcInfo(subprograms) }),
    });
    if (!loaded.ok) throw new Error(`Linux rejects ${program.name}:\n${loaded.log}`);
    const fd = this.#keep(loaded.program);
    return {
      id: this.#fds.length,
      run: async (input: RunInput) => progTestRun(fd, input),
      close: async () => {},
    };
  }

  close(): void {
    for (const fd of this.#fds) fd.close();
  }

  #mapBtf({ btf, keyType, valueType }: MapSpec) {
    if (btf === undefined || keyType === undefined || valueType === undefined) return undefined;
    return { types: { btf: this.#keep(btfLoad(writeBtf(loadable(btf)))), key: keyType, value: valueType } };
  }

  #keep(fd: BpfFd): BpfFd {
    this.#fds.push(fd);
    return fd;
  }
}

/** Variables and sections are libbpf's matter: the kernel wants them laid out, and does not need them. */
function loadable(btf: Btf): Btf {
  const plain: BtfType = {
    kind: 'int',
    name: 'unused',
    size: 4,
    bits: 32,
    bitOffset: 0,
    signed: false,
    char: false,
    bool: false,
  };
  return {
    ...btf,
    types: btf.types.map((type) => (type.kind === 'var' || type.kind === 'datasec' ? plain : type)),
  };
}
