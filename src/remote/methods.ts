import { SkepError } from '../errors/base.js';
import type {
  AttachTarget,
  BpfMap,
  Kernel,
  KernelEnvironment,
  KernelObject,
  Link,
  LoadableProgram,
  LoadProgramOptions,
  Program,
  RunInput,
} from '../kernel/kernel.js';
import type { MapSpec } from '../object/spec.js';

/** What one client has open; closed when it goes. */
export class Session {
  readonly kernel: Kernel;
  private readonly open = new Map<string, KernelObject>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /** Keeps an object for the client, which knows it by kind and id. */
  keep(object: KernelObject): number {
    const key = `${object.kind} ${object.id}`;
    const known = this.open.get(key);
    if (known === undefined) this.open.set(key, object);
    else if (known !== object) void object.close();
    return object.id;
  }
  async map(id: unknown): Promise<BpfMap> {
    const known = this.open.get(`map ${asId(id)}`);
    if (known?.kind === 'map') return known;
    const map = await this.kernel.mapById(asId(id));
    this.keep(map);
    return map;
  }
  async program(id: unknown): Promise<Program> {
    const known = this.open.get(`program ${asId(id)}`);
    if (known?.kind === 'program') return known;
    const program = await this.kernel.programById(asId(id));
    this.keep(program);
    return program;
  }
  async link(id: unknown): Promise<Link> {
    const known = this.open.get(`link ${asId(id)}`);
    if (known?.kind === 'link') return known;
    const link = await this.kernel.linkById(asId(id));
    this.keep(link);
    return link;
  }
  async object(kind: unknown, id: unknown): Promise<KernelObject> {
    if (kind === 'map') return this.map(id);
    if (kind === 'program') return this.program(id);
    if (kind === 'link') return this.link(id);
    throw bad(`no kind of object: ${String(kind)}`);
  }
  async release(kind: unknown, id: unknown): Promise<void> {
    const key = `${String(kind)} ${asId(id)}`;
    const object = this.open.get(key);
    this.open.delete(key);
    await object?.close();
  }
  async close(): Promise<void> {
    const objects = [...this.open.values()];
    this.open.clear();
    for (const object of objects) await object.close();
  }
}

/** What a client is told first. */
export interface KernelGreeting {
  readonly description: string;
  readonly environment: Omit<KernelEnvironment, 'config'>;
  readonly config: readonly (readonly [name: string, value: string])[];
}

export interface Method {
  /** Changes the kernel, so it is made durable before it is answered. */
  readonly mutates: boolean;
  run(session: Session, args: readonly unknown[], part: (value: unknown) => Promise<void>): Promise<unknown>;
}

const reads = (run: Method['run']): Method => ({ mutates: false, run });
const writes = (run: Method['run']): Method => ({ mutates: true, run });

/** Bytes of entries sent in one part. */
const PART_BYTES = 256 * 1024;

/** Everything a client may ask: the methods of `Kernel` and of the objects in it. */
export const METHODS: Readonly<Record<string, Method>> = {
  describe: reads(async ({ kernel }): Promise<KernelGreeting> => {
    const { config, ...environment } = kernel.environment;
    return { description: kernel.description, environment, config: [...config] };
  }),
  createMap: writes(async (s, [spec]) => s.keep(await s.kernel.createMap(spec as MapSpec))),
  maps: reads(async (s) => (await s.kernel.maps()).map((map) => s.keep(map))),
  mapById: reads(async (s, [id]) => s.keep(await s.kernel.mapById(asId(id)))),
  loadProgram: writes(async (s, [program, mapIds, options]) => {
    const maps = await Promise.all((mapIds as readonly unknown[]).map((id) => s.map(id)));
    let log = '';
    const loaded = await s.kernel.loadProgram(
      { ...(program as LoadableProgram), btf: (program as LoadableProgram).btf, maps },
      { ...(options as LoadProgramOptions), onLog: (text) => (log += text) },
    );
    return { id: s.keep(loaded), log };
  }),
  programs: reads(async (s) => (await s.kernel.programs()).map((program) => s.keep(program))),
  programById: reads(async (s, [id]) => s.keep(await s.kernel.programById(asId(id)))),
  attach: writes(async (s, [id, target]) =>
    s.keep(await s.kernel.attach(await s.program(id), target as AttachTarget)),
  ),
  links: reads(async (s) => (await s.kernel.links()).map((link) => s.keep(link))),
  linkById: reads(async (s, [id]) => s.keep(await s.kernel.linkById(asId(id)))),
  keep: writes(async (s, [id]) => s.kernel.keep(await s.link(id))),
  btfs: reads(async (s) => s.kernel.btfs()),
  btfById: reads(async (s, [id]) => s.kernel.btfById(asId(id))),
  pin: writes(async (s, [kind, id, path]) => s.kernel.pin(await s.object(kind, id), asText(path))),
  unpin: writes(async (s, [path]) => s.kernel.unpin(asText(path))),
  pinned: reads(async (s, [path]) => {
    const object = await s.kernel.pinned(asText(path));
    s.keep(object);
    return { kind: object.kind, id: object.id };
  }),
  pins: reads(async (s) => s.kernel.pins()),
  release: reads(async (s, [kind, id]) => s.release(kind, id)),

  'map.info': reads(async (s, [id]) => (await s.map(id)).info()),
  'map.lookup': reads(async (s, [id, key]) => (await s.map(id)).lookup(asBytes(key))),
  'map.update': writes(async (s, [id, key, value, flags]) =>
    (await s.map(id)).update(asBytes(key), asBytes(value), typeof flags === 'number' ? flags : 0),
  ),
  'map.patch': writes(async (s, [id, key, offset, bytes]) =>
    (await s.map(id)).patch(asBytes(key), asId(offset), asBytes(bytes)),
  ),
  'map.lookupAndDelete': writes(async (s, [id, key]) => (await s.map(id)).lookupAndDelete(asBytes(key))),
  'map.delete': writes(async (s, [id, key]) => (await s.map(id)).delete(asBytes(key))),
  'map.nextKey': reads(async (s, [id, key]) =>
    (await s.map(id)).nextKey(key === null || key === undefined ? undefined : asBytes(key)),
  ),
  'map.entries': reads(async (s, [id], part) => {
    let batch: (readonly [Uint8Array, Uint8Array])[] = [];
    let size = 0;
    const walk = (await s.map(id)).entries();
    let step = await walk.next();
    for (; !step.done; step = await walk.next()) {
      const [key, value] = step.value;
      batch.push([key, value]);
      size += key.length + value.length + 32;
      if (size < PART_BYTES) continue;
      await part(batch);
      batch = [];
      size = 0;
    }
    await part(batch);
    return step.value.complete;
  }),
  'map.freeze': writes(async (s, [id]) => (await s.map(id)).freeze()),
  'program.info': reads(async (s, [id]) => (await s.program(id)).info()),
  'program.xlated': reads(async (s, [id]) => (await s.program(id)).xlated()),
  'program.run': writes(async (s, [id, input]) => (await s.program(id)).run(input as RunInput)),
  'link.info': reads(async (s, [id]) => (await s.link(id)).info()),
  'link.update': writes(async (s, [id, next, expected]) =>
    (await s.link(id)).update(
      await s.program(next),
      expected === undefined || expected === null ? undefined : await s.program(expected),
    ),
  ),
  'link.detach': writes(async (s, [id]) => (await s.link(id)).detach()),
};

function asId(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw bad('an id is no integer');
  return value;
}
function asText(value: unknown): string {
  if (typeof value !== 'string') throw bad('a path is no text');
  return value;
}
function asBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) throw bad('a key or value is no bytes');
  return value;
}
function bad(what: string): SkepError {
  return new SkepError('REMOTE_MALFORMED', `malformed request: ${what}`);
}
