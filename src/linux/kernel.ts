import { release } from 'node:os';
import { type Btf, findByName } from '../btf/index.js';
import { KernelError } from '../errors/errno.js';
import type {
  AttachTarget,
  BpfMap,
  BtfInfo,
  Kernel,
  KernelObject,
  Link,
  LoadableProgram,
  LoadProgramOptions,
  Pin,
  Program,
} from '../kernel/kernel.js';
import type { RingBufferOptions } from '../kernel/ring-batch.js';
import type { MapSpec } from '../object/spec.js';
import { OldAttachment } from './attach/old-attachment.js';
import { attachTo } from './attach/registry.js';
import { type IdKind, objectIds, openById } from './bpf/object.js';
import { BtfStore } from './btf-store.js';
import { isDetached } from './link-info.js';
import { keepLink, LinuxLink } from './links.js';
import { loadProgram, type ProgramTarget } from './load/program.js';
import { createMap, LinuxMap } from './maps.js';
import { raiseMemlock } from './memlock.js';
import { allPins, openPinned, pin, unpin } from './pins.js';
import { LinuxEnvironment } from './probe/environment.js';
import { LinuxProgram } from './programs.js';
import { LinuxPerfBuffer, type LinuxPerfOptions } from './readers/perf-buffer.js';
import { LinuxRingBuffer } from './readers/ring-buffer.js';
import { type ProgramStream, readStream } from './readers/stream.js';
import { type Fd, FdGroup } from './sys/fd.js';

/**
 * The kernel that this process runs on, through bpf(2).
 *
 * Handles hold file descriptors: what is neither pinned nor attached ends with its last handle. Namespaces are those of
 * the calling thread.
 *
 * @example
 * ```ts fragment
 * import { LinuxKernel } from 'skep/linux';
 * const kernel = LinuxKernel.open();
 * for (const program of await kernel.programs()) console.log((await program.info()).name);
 * await kernel.close();
 * ```
 */
export class LinuxKernel implements Kernel, AsyncDisposable {
  readonly kind = 'linux';
  readonly environment = new LinuxEnvironment();
  readonly #btf = new BtfStore(() => this.environment.btf);
  readonly #open = new FdGroup();

  readonly #mounts: boolean;

  private constructor(mounts: boolean) {
    this.#mounts = mounts;
  }

  /**
   * @param options `mount: false`: never mount the BPF file system where it is missing; a pin is refused then.
   * @throws {SkepError} `LINUX_UNAVAILABLE`; {KernelError} EPERM saying what is missing
   */
  static open({ mount = true }: { readonly mount?: boolean } = {}): LinuxKernel {
    raiseMemlock();
    return new LinuxKernel(mount);
  }

  get description(): string {
    return `Linux ${release()}`;
  }

  async createMap(spec: MapSpec): Promise<LinuxMap> {
    return this.#map(createMap(spec, () => this.environment.btf));
  }

  async maps(): Promise<LinuxMap[]> {
    return this.#all('map', (fd) => this.#map(fd));
  }

  async mapById(id: number): Promise<LinuxMap> {
    return this.#map(this.#byId('map', id));
  }

  async loadProgram(program: LoadableProgram, options: LoadProgramOptions = {}): Promise<LinuxProgram> {
    const maps: Fd[] = [];
    try {
      for (const map of program.maps) maps.push(map instanceof LinuxMap ? map.fd : this.#byId('map', map.id));
      const into = await this.#targetOf(program);
      return this.#program(loadProgram(program, { maps, into, environment: this.environment }, options));
    } finally {
      program.maps.forEach((map, index) => {
        if (!(map instanceof LinuxMap)) maps[index]?.close();
      });
    }
  }

  async programs(): Promise<LinuxProgram[]> {
    return this.#all('prog', (fd) => this.#program(fd));
  }

  async programById(id: number): Promise<LinuxProgram> {
    return this.#program(this.#byId('prog', id));
  }

  async attach(program: Program, target: AttachTarget): Promise<Link> {
    const own = program instanceof LinuxProgram ? program : await this.programById(program.id);
    const link = attachTo({ program: own, openMap: (id) => this.#byId('map', id) }, target);
    return link instanceof LinuxLink ? this.#track(link) : link;
  }

  /** Those that are attached; a link that was detached and is still held by somebody is none. */
  async links(): Promise<LinuxLink[]> {
    const links = this.#all('link', (fd) => this.#track(new LinuxLink(fd)));
    const infos = await Promise.all(links.map((link) => link.info()));
    return links.filter((link, index) => {
      const info = infos[index];
      if (info !== undefined && !isDetached(info)) return true;
      link.fd.close();
      return false;
    });
  }

  async linkById(id: number): Promise<LinuxLink> {
    return this.#track(new LinuxLink(this.#byId('link', id)));
  }

  async keep(link: Link): Promise<string | undefined> {
    if (link instanceof LinuxLink) return keepLink(link, this.#mounts);
    if (link instanceof OldAttachment && link.endsWithProcess) {
      throw new KernelError('EOPNOTSUPP', `${link.text} ends with this process: nothing can keep it`, {
        hint: 'attach it from a program that stays: kernel.attach(…)',
      });
    }
    return undefined;
  }

  async btfs(): Promise<readonly BtfInfo[]> {
    return [...this.#btf.infos()];
  }

  async btfById(id: number): Promise<Btf> {
    const text = this.#btf.byId(id);
    if (text !== undefined) return text.btf;
    throw new KernelError('ENOENT', `there is no BTF with id ${id}`, { facts: { id } });
  }

  async pin(object: KernelObject, path: string): Promise<void> {
    if (object instanceof LinuxMap || object instanceof LinuxProgram || object instanceof LinuxLink)
      return pin(object.fd, path, this.#mounts);
    using fd = this.#byId(ID_KINDS[object.kind], object.id);
    pin(fd, path, this.#mounts);
  }

  async unpin(path: string): Promise<void> {
    unpin(path);
  }

  async pinned(path: string): Promise<LinuxMap | LinuxProgram | LinuxLink> {
    const { fd, kind } = openPinned(path);
    if (kind === 'map') return this.#map(fd);
    return kind === 'program' ? this.#program(fd) : this.#track(new LinuxLink(fd));
  }

  async pins(): Promise<readonly Pin[]> {
    return allPins();
  }

  /** Reads the records that programs send through a `ringbuf` map. Linux 5.8. @throws {KernelError} EINVAL */
  ringBuffer(map: LinuxMap | { readonly raw: BpfMap }, options: RingBufferOptions = {}): LinuxRingBuffer {
    return new LinuxRingBuffer(this.#own(map), options);
  }

  /** Reads what programs send with `bpf_perf_event_output` through a `perf_event_array`. @throws {KernelError} EINVAL */
  perfBuffer(map: LinuxMap | { readonly raw: BpfMap }, options: LinuxPerfOptions = {}): LinuxPerfBuffer {
    return new LinuxPerfBuffer(this.#own(map), options);
  }

  /** What a program wrote to one of its streams and nobody read yet. Linux 6.17. @throws {KernelError} */
  readStream(program: LinuxProgram, stream: ProgramStream): string {
    return readStream(program.fd, stream);
  }

  /** Closes every handle that it gave out. */
  async close(): Promise<void> {
    this.#open.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** The function of another program that this one is for. @throws {KernelError} ENOENT */
  async #targetOf({ targetProgram, attachTo = '' }: LoadableProgram): Promise<ProgramTarget | undefined> {
    if (targetProgram === undefined) return undefined;
    const own =
      targetProgram instanceof LinuxProgram ? targetProgram : await this.programById(targetProgram.id);
    const { btf } = await own.xlated();
    const btfId = btf === undefined ? undefined : findByName(btf, attachTo, 'func');
    if (btfId !== undefined) return { program: own.fd, btfId };
    throw new KernelError('ENOENT', `program ${own.id} has no function ${attachTo}`, {
      facts: { id: own.id, function: attachTo },
      hint: 'name a global function of it in the section: SEC("freplace/NAME")',
    });
  }

  #own(map: LinuxMap | { readonly raw: BpfMap }): LinuxMap {
    const own = map instanceof LinuxMap ? map : map.raw;
    return own instanceof LinuxMap ? own : this.#map(this.#byId('map', own.id));
  }

  #map(fd: Fd): LinuxMap {
    return this.#track(new LinuxMap(fd, this.#btf));
  }

  #program(fd: Fd): LinuxProgram {
    return this.#track(new LinuxProgram(fd, this.#btf));
  }

  #track<T extends LinuxMap | LinuxProgram | LinuxLink>(object: T): T {
    this.#open.add(object.fd);
    return object;
  }

  #all<T>(kind: IdKind, make: (fd: Fd) => T): T[] {
    const found: T[] = [];
    // What goes away between the two questions is left out.
    for (const id of objectIds(kind)) {
      const fd = openById(kind, id);
      if (fd !== undefined) found.push(make(fd));
    }
    return found;
  }

  #byId(kind: IdKind, id: number): Fd {
    const fd = openById(kind, id);
    if (fd !== undefined) return fd;
    throw new KernelError('ENOENT', `there is no ${kind} with id ${id}`, {
      facts: { id },
      hint: `list them with \`skep ${kind} show\``,
    });
  }
}

const ID_KINDS = { map: 'map', program: 'prog', link: 'link' } as const;
