import { findByName, readValue } from '../btf/index.js';
import type { BtfValue } from '../btf/value.js';
import type { Engine } from '../engine/engine.js';
import { hookByName } from '../hooks/index.js';
import type { LoadedObject } from '../kernel/load.js';
import type { TypedMap } from '../kernel/typed-map.js';
import { mapType } from '../maps/registry.js';
import { argumentsContext, type ContextFields, context } from './context.js';
import { testError } from './errors.js';
import { encodeKey } from './maps.js';
import { type Event, type Run, returnNameOf } from './run.js';
import type { ExpectedValue } from './values.js';

/** What a program is run on. */
export interface RunInputs {
  /** A whole Ethernet frame. */
  readonly packet?: Uint8Array;
  /** The context as bytes, or its fields by name: see `context`. */
  readonly ctx?: Uint8Array | ContextFields;
  /** Of a raw tracepoint or kernel function, in place of `ctx`. */
  readonly args?: readonly (number | bigint)[];
  /** Runs that follow each other without the packet being put back; default 1. */
  readonly repeat?: number;
}

interface Source {
  readonly map: string;
  readonly take: () => Iterable<Uint8Array>;
  readonly close: () => void;
}

/** An object in a test's kernel. */
export class TestObject {
  readonly loaded: LoadedObject;
  readonly #engine: Engine;
  readonly #sources: readonly Source[];

  constructor(engine: Engine, loaded: LoadedObject) {
    this.#engine = engine;
    this.loaded = loaded;
    this.#sources = [...loaded.maps].flatMap(([name, map]) => sourceOf(engine, name, map) ?? []);
  }

  /** A map by its name in C. @throws {SkepError} `NO_SUCH_MAP` */
  map<K = unknown, V = unknown>(name: string): TypedMap<K, V> {
    return this.loaded.map<K, V>(name);
  }

  /** Sets an entry; the key may be written as in matchers: a number, an address as text, a struct. */
  async set(map: string, key: ExpectedValue, value: unknown): Promise<void> {
    const typed = this.loaded.map(map);
    await typed.raw.update(encodeKey(typed, key), typed.encodeValue(value));
  }

  /** The value of a key that is written as in matchers; undefined when it is not there. */
  async get<V = unknown>(map: string, key: ExpectedValue): Promise<V | undefined> {
    const typed = this.loaded.map<unknown, V>(map);
    const bytes = await typed.raw.lookup(encodeKey(typed, key));
    return bytes === undefined ? undefined : typed.decodeValue(bytes);
  }

  /**
   * Runs a program once on a packet or a context, as BPF_PROG_TEST_RUN does where Linux has one for its type.
   * @throws {SkepError} `NO_SUCH_PROGRAM`, `TEST_KIT` without a packet or context, `EINVAL` as Linux
   */
  async run(name: string, input: Uint8Array | RunInputs): Promise<Run> {
    const program = this.loaded.program(name);
    const { type, attachTo } = await program.info();
    const inputs = input instanceof Uint8Array ? { packet: input } : input;
    const ctx = contextBytes(type, attachTo, inputs);
    const packetBefore = inputs.packet ?? new Uint8Array(0);
    if (inputs.packet === undefined && ctx === undefined)
      throw testError(`${name} is run on nothing`, 'give a packet, ctx or args');
    if (inputs.packet !== undefined && typeof hookByName(type)?.ctx.fields === 'string')
      throw testError(`programs of type ${type} are not run on packets`, 'give ctx or args');
    const { lines, dropped } = this.#engine.trace;
    const printed = lines.length + dropped;
    this.#drain();
    const ran = await program.run({
      ...(inputs.packet === undefined ? {} : { data: inputs.packet }),
      ...(ctx === undefined ? {} : { ctx }),
      ...(inputs.repeat === undefined ? {} : { repeat: inputs.repeat }),
    });
    const trace = this.#engine.trace.lines.slice(Math.max(0, printed - this.#engine.trace.dropped));
    const returnValue = ran.returnValue | 0;
    return {
      program: name,
      type,
      returnValue,
      returnName: returnNameOf(hookByName(type), returnValue),
      packetBefore,
      packet: ran.data,
      ctx: ran.ctx,
      link: 'ethernet',
      events: this.#drain(),
      trace,
    };
  }

  /** A record as a value of a struct of the object's BTF. @throws {SkepError} `TEST_KIT` */
  decode<T = BtfValue>(data: Uint8Array, struct: string): T {
    const { btf } = this.loaded.spec;
    const name = struct.replace(/^struct /, '');
    const type = btf && findByName(btf, name, 'struct', 'typedef', 'union');
    if (btf === undefined || type === undefined)
      throw testError(
        `the object's BTF has no type ${name}`,
        `name it in the C source: struct ${name} *unused __attribute__((unused));`,
      );
    return readValue(btf, type, data) as T;
  }

  /** Lets go of maps, programs and readers. */
  async close(): Promise<void> {
    for (const source of this.#sources) source.close();
    await this.loaded.close();
  }

  #drain(): Event[] {
    return this.#sources.flatMap(({ map, take }) => [...take()].map((data) => ({ map, data })));
  }
}

function contextBytes(
  type: string,
  attachTo: string | undefined,
  { ctx, args }: RunInputs,
): Uint8Array | undefined {
  if (args !== undefined) return argumentsContext(...args);
  if (ctx === undefined || ctx instanceof Uint8Array) return ctx;
  return context(type === 'tracepoint' ? `tracepoint/${attachTo ?? ''}` : type, ctx);
}

function sourceOf(engine: Engine, map: string, typed: TypedMap): Source | undefined {
  const { helpers } = mapType(typed.info.type);
  if (helpers.includes('bpf_ringbuf_output')) {
    const reader = engine.ringBuffer(typed);
    return { map, take: () => reader.read(), close: () => reader.close() };
  }
  if (!helpers.includes('bpf_perf_event_output')) return undefined;
  const reader = engine.perfBuffer(typed);
  return { map, take: () => Array.from(reader.read(), ({ data }) => data), close: () => reader.close() };
}
