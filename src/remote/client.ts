import type { Btf } from '../btf/types.js';
import type {
  AttachTarget,
  BpfMap,
  BtfInfo,
  Kernel,
  KernelEnvironment,
  KernelObject,
  Link,
  LinkInfo,
  LoadableProgram,
  LoadProgramOptions,
  MapInfo,
  MapWalk,
  Pin,
  Program,
  ProgramInfo,
  RunInput,
  RunResult,
} from '../kernel/kernel.js';
import type { MapSpec } from '../object/spec.js';
import { Channel } from './channel.js';
import type { KernelGreeting } from './methods.js';

/** A kernel that another process has open, reached over its socket. */
export class RemoteKernel implements Kernel {
  readonly kind = 'remote';
  readonly description: string;
  readonly environment: KernelEnvironment;
  private readonly channel: Channel;

  private constructor(channel: Channel, { description, environment, config }: KernelGreeting) {
    this.channel = channel;
    this.description = description;
    this.environment = { ...environment, config: new Map(config) };
  }

  /** @throws What `node:net` says: ECONNREFUSED or ENOENT when nobody listens. */
  static async connect(path: string): Promise<RemoteKernel> {
    const channel = await Channel.connect(path);
    return new RemoteKernel(channel, (await channel.call('describe')) as KernelGreeting);
  }

  async createMap(spec: MapSpec): Promise<BpfMap> {
    return new RemoteMap(this.channel, (await this.channel.call('createMap', [spec])) as number);
  }
  async maps(): Promise<BpfMap[]> {
    return ((await this.channel.call('maps')) as number[]).map((id) => new RemoteMap(this.channel, id));
  }
  async mapById(id: number): Promise<BpfMap> {
    return new RemoteMap(this.channel, (await this.channel.call('mapById', [id])) as number);
  }
  async loadProgram(program: LoadableProgram, options: LoadProgramOptions = {}): Promise<Program> {
    // Only a real kernel, which is never remote, has programs that are loaded for another.
    const { maps, targetProgram: _, ...rest } = program;
    const { onLog, ...plain } = options;
    const ids = maps.map((map) => map.id);
    const { id, log } = (await this.channel.call('loadProgram', [rest, ids, plain])) as {
      id: number;
      log: string;
    };
    if (log !== '') onLog?.(log);
    return new RemoteProgram(this.channel, id);
  }
  async programs(): Promise<Program[]> {
    return ((await this.channel.call('programs')) as number[]).map(
      (id) => new RemoteProgram(this.channel, id),
    );
  }
  async programById(id: number): Promise<Program> {
    return new RemoteProgram(this.channel, (await this.channel.call('programById', [id])) as number);
  }
  async attach(program: Program, target: AttachTarget): Promise<Link> {
    return new RemoteLink(this.channel, (await this.channel.call('attach', [program.id, target])) as number);
  }
  async links(): Promise<Link[]> {
    return ((await this.channel.call('links')) as number[]).map((id) => new RemoteLink(this.channel, id));
  }
  async linkById(id: number): Promise<Link> {
    return new RemoteLink(this.channel, (await this.channel.call('linkById', [id])) as number);
  }
  async keep(link: Link): Promise<string | undefined> {
    return (await this.channel.call('keep', [link.id])) as string | undefined;
  }
  async btfs(): Promise<readonly BtfInfo[]> {
    return (await this.channel.call('btfs')) as BtfInfo[];
  }
  async btfById(id: number): Promise<Btf> {
    return (await this.channel.call('btfById', [id])) as Btf;
  }
  async pin(object: KernelObject, path: string): Promise<void> {
    await this.channel.call('pin', [object.kind, object.id, path]);
  }
  async unpin(path: string): Promise<void> {
    await this.channel.call('unpin', [path]);
  }
  async pinned(path: string): Promise<KernelObject> {
    const { kind, id } = (await this.channel.call('pinned', [path])) as Pin;
    if (kind === 'map') return new RemoteMap(this.channel, id);
    return kind === 'program' ? new RemoteProgram(this.channel, id) : new RemoteLink(this.channel, id);
  }
  async pins(): Promise<readonly Pin[]> {
    return (await this.channel.call('pins')) as Pin[];
  }
  close(): Promise<void> {
    return this.channel.close();
  }
}

class RemoteMap implements BpfMap {
  readonly kind = 'map';
  readonly id: number;
  private readonly channel: Channel;

  constructor(channel: Channel, id: number) {
    this.channel = channel;
    this.id = id;
  }
  async info(): Promise<MapInfo> {
    return (await this.channel.call('map.info', [this.id])) as MapInfo;
  }
  async lookup(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.channel.call('map.lookup', [this.id, key])) as Uint8Array | undefined;
  }
  async update(key: Uint8Array, value: Uint8Array, flags = 0): Promise<void> {
    await this.channel.call('map.update', [this.id, key, value, flags]);
  }
  async patch(key: Uint8Array, offset: number, bytes: Uint8Array): Promise<void> {
    await this.channel.call('map.patch', [this.id, key, offset, bytes]);
  }
  async lookupAndDelete(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.channel.call('map.lookupAndDelete', [this.id, key])) as Uint8Array | undefined;
  }
  async delete(key: Uint8Array): Promise<void> {
    await this.channel.call('map.delete', [this.id, key]);
  }
  async nextKey(key?: Uint8Array): Promise<Uint8Array | undefined> {
    return (await this.channel.call('map.nextKey', [this.id, key])) as Uint8Array | undefined;
  }
  async *entries(): AsyncGenerator<readonly [key: Uint8Array, value: Uint8Array], MapWalk, undefined> {
    type Batch = (readonly [Uint8Array, Uint8Array])[];
    const batches: Batch[] = [];
    let wake = (): void => {};
    let done = false;
    const call = this.channel.call('map.entries', [this.id], (part) => {
      batches.push(part as Batch);
      wake();
    });
    const finish = (): void => {
      done = true;
      wake();
    };
    call.then(finish, finish);
    for (;;) {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) yield* batch;
      if (done && batches.length === 0) break;
      if (batches.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
    return { complete: (await call) === true };
  }
  async freeze(): Promise<void> {
    await this.channel.call('map.freeze', [this.id]);
  }
  async close(): Promise<void> {
    await this.channel.call('release', ['map', this.id]);
  }
}

class RemoteProgram implements Program {
  readonly kind = 'program';
  readonly id: number;
  private readonly channel: Channel;

  constructor(channel: Channel, id: number) {
    this.channel = channel;
    this.id = id;
  }
  async info(): Promise<ProgramInfo> {
    return (await this.channel.call('program.info', [this.id])) as ProgramInfo;
  }
  async xlated(): ReturnType<Program['xlated']> {
    const code = (await this.channel.call('program.xlated', [this.id])) as Awaited<
      ReturnType<Program['xlated']>
    >;
    return { ...code, btf: code.btf };
  }
  async run(input: RunInput): Promise<RunResult> {
    return (await this.channel.call('program.run', [this.id, input])) as RunResult;
  }
  async close(): Promise<void> {
    await this.channel.call('release', ['program', this.id]);
  }
}

class RemoteLink implements Link {
  readonly kind = 'link';
  readonly id: number;
  private readonly channel: Channel;

  constructor(channel: Channel, id: number) {
    this.channel = channel;
    this.id = id;
  }
  async info(): Promise<LinkInfo> {
    return (await this.channel.call('link.info', [this.id])) as LinkInfo;
  }
  async update(next: Program | BpfMap, expected?: Program | BpfMap): Promise<void> {
    await this.channel.call('link.update', [this.id, next.id, expected?.id]);
  }
  async detach(): Promise<void> {
    await this.channel.call('link.detach', [this.id]);
  }
  async close(): Promise<void> {
    await this.channel.call('release', ['link', this.id]);
  }
}
