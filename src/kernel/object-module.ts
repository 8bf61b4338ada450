import { embeddedBytes } from '../btf/embedded.js';
import { type Btf, findByName, readValue } from '../btf/index.js';
import type { Given } from '../btf/value.js';
import { SkepError } from '../errors/base.js';
import { parseObject } from '../object/index.js';
import { sectionIdentifier } from '../object/names.js';
import type { ObjectSpec } from '../object/spec.js';
import { Globals, withGlobals } from './globals.js';
import type { AttachTarget, Kernel, Link, Program } from './kernel.js';
import { type LoadedObject, type LoadOptions, load } from './load.js';

/** What `skep gen skeleton --ts` says of an object. */
export interface ObjectShape {
  /** `TypedMap`s by name. */
  readonly maps: object;
  /** Names. */
  readonly programs: string;
  /** Sections by identifier (`bss`, `rodata`), and their variables. */
  readonly globals: object;
  /** Named types, for records. */
  readonly types: object;
}

export interface ModuleLoadOptions<S extends ObjectShape> extends LoadOptions {
  /** First values of global variables, constants among them: `{ rodata: { limit: 5 } }`. */
  readonly globals?: Given<S['globals']>;
}

/**
 * An object that is part of a program: what a skeleton's module exports.
 *
 * @example
 * ```ts
 * import { Engine, ObjectModule } from 'skep';
 * import { compileObject } from 'skep/compile';
 * const bytes = await compileObject('examples/tcp_syn_tracer/tcp_syn_tracer.bpf.c');
 * const tracer = new ObjectModule('tracer', bytes);
 * const engine = await Engine.create();
 * const loaded = await tracer.load(engine);
 * await loaded.attach('tcp_syn_tracer');
 * await engine.close();
 * ```
 */
export class ObjectModule<S extends ObjectShape = ObjectShape> {
  readonly name: string;
  /** The object file. */
  readonly bytes: Uint8Array;
  readonly spec: ObjectSpec;

  /** @param object the file's bytes, or their base64. */
  constructor(name: string, object: Uint8Array | string) {
    this.name = name;
    this.bytes = typeof object === 'string' ? embeddedBytes(object) : object;
    this.spec = parseObject(this.bytes, { name });
  }

  /** Loads it, as `load` does. */
  async load(kernel: Kernel, options: ModuleLoadOptions<S> = {}): Promise<LoadedModule<S>> {
    const { globals = {}, ...rest } = options;
    return new LoadedModule<S>(await load(withGlobals(this.spec, globals), kernel, rest));
  }

  /**
   * The value of a record: what a program sent through a ring buffer, as the type it has in C.
   *
   * @throws {SkepError} `NO_SUCH_TYPE`; `BTF_VALUE` when the bytes are too few.
   */
  decode<N extends keyof S['types'] & string>(type: N, bytes: Uint8Array): S['types'][N] {
    const { btf } = this.spec;
    const id = btf && findByName(btf, type, 'struct', 'union', 'typedef', 'enum', 'enum64');
    if (btf === undefined || id === undefined) throw this.#noType(type, btf);
    return readValue(btf, id, bytes, this.spec.littleEndian) as S['types'][N];
  }

  #noType(type: string, btf: Btf | undefined): SkepError {
    return new SkepError('NO_SUCH_TYPE', `the object ${this.name} has no type ${type}`, {
      facts: { type, object: this.name },
      hint: btf === undefined ? 'it has no types at all: compile it with -g' : 'name it in the program',
    });
  }
}

/** A skeleton's object in a kernel. */
export class LoadedModule<S extends ObjectShape = ObjectShape> {
  readonly object: LoadedObject;
  /** By name. */
  readonly maps: S['maps'];
  /** Of each section, by its identifier. */
  readonly globals: { readonly [Section in keyof S['globals']]: Globals<S['globals'][Section]> };

  constructor(object: LoadedObject) {
    this.object = object;
    const sections = object.spec.maps.filter(({ section }) => section !== undefined);
    const own = [...object.maps].filter(([name]) => !sections.some((map) => map.name === name));
    this.maps = Object.fromEntries(own) as S['maps'];
    this.globals = Object.fromEntries(
      sections.map(({ name, section = '' }) => [sectionIdentifier(section), new Globals(object.map(name))]),
    ) as LoadedModule<S>['globals'];
  }

  program(name: S['programs']): Program {
    return this.object.program(name);
  }

  /** Attaches a program to a target, by default to the one that its section names. */
  attach(name: S['programs'], target?: AttachTarget): Promise<Link> {
    return this.object.attach(name, target);
  }

  /** Lets go of all maps and programs; what is pinned or attached lives on. */
  close(): Promise<void> {
    return this.object.close();
  }
}
