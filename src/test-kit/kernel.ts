import { Engine } from '../engine/engine.js';
import type { CurrentTask } from '../engine/memory.js';
import { type LoadedObject, type LoadOptions, load } from '../kernel/load.js';
import { parseObject } from '../object/index.js';
import type { ObjectSpec } from '../object/spec.js';
import { Coverage } from './coverage/coverage.js';
import { type HelperMock, HelperMocks, type MockedHelper, ORIGINAL } from './mocks.js';
import { TestObject } from './object.js';
import type { HelperName } from './signatures.js';

export interface TestKernelOptions {
  /** Nanoseconds since boot at which the clock stands; default 1 s. */
  readonly clock?: bigint | number;
  /** Seed of `bpf_get_prandom_u32`; default 1. */
  readonly random?: bigint | number;
  /** In whose name programs run; default process 1000 of root, called `test`. */
  readonly task?: Partial<CurrentTask>;
  /** Default 1. */
  readonly cpus?: number;
  /** The CPU that programs run on; default 0. */
  readonly cpu?: number;
  /** What runs programs: the JIT (default), or the slow reference interpreter. */
  readonly engine?: 'jit' | 'interpreter';
  /** What programs did is added to it when the kernel is closed. */
  readonly coverage?: Coverage;
}

const DEFAULT_TASK: CurrentTask = { pid: 1000, tgid: 1000, uid: 0, gid: 0, comm: 'test' };

/**
 * A kernel for one test: an engine of its own in which nothing comes from outside. The clock stands still, random
 * numbers are the same in every run, and helpers may be replaced.
 *
 * @example
 * ```ts
 * import { compileObject } from 'skep/compile';
 * import { ethernet, ipv4, packet, tcp, TestKernel } from 'skep/test';
 *
 * await using kernel = await TestKernel.create({ clock: 5_000_000_000n });
 * const object = await kernel.load(await compileObject('tools/syn/syn.bpf.c'));
 * const run = await object.run('syn', packet(ethernet(), ipv4(), tcp({ flags: 'SYN' })));
 * if (run.returnName !== 'XDP_PASS') throw new Error(run.returnName);
 * ```
 */
export class TestKernel implements AsyncDisposable {
  readonly engine: Engine;
  readonly #mocks: HelperMocks;
  readonly #coverage: Coverage | undefined;
  readonly #objects: TestObject[] = [];

  private constructor(engine: Engine, mocks: HelperMocks, coverage: Coverage | undefined) {
    this.engine = engine;
    this.#mocks = mocks;
    this.#coverage = coverage;
  }

  static async create(options: TestKernelOptions = {}): Promise<TestKernel> {
    const mocks = new HelperMocks();
    const engine = await Engine.create({
      cpus: options.cpus ?? 1,
      engine: options.engine ?? 'jit',
      helperOverrides: mocks.overrides,
      count: options.coverage !== undefined,
    });
    mocks.connect(engine.memory);
    const kernel = new TestKernel(engine, mocks, options.coverage);
    kernel.clock = BigInt(options.clock ?? 1_000_000_000n);
    for (let cpu = 0; cpu < engine.memory.cpus; cpu++) {
      engine.memory.seedRandom(BigInt(options.random ?? 1) + BigInt(cpu), cpu);
      engine.memory.setTask({ ...DEFAULT_TASK, ...options.task }, cpu);
    }
    kernel.cpu = options.cpu ?? 0;
    return kernel;
  }

  /** Nanoseconds since boot. The clock stands still until it is set. */
  get clock(): bigint {
    return this.engine.memory.pinnedClock ?? 0n;
  }
  set clock(nanoseconds: bigint) {
    this.engine.memory.pinClock(nanoseconds);
  }

  /** The CPU that programs run on. */
  get cpu(): number {
    return this.engine.memory.cpu;
  }
  set cpu(cpu: number) {
    this.engine.memory.cpu = cpu;
  }

  /** Says in whose name programs run from now on. What is left out is as by default. */
  setTask(task: Partial<CurrentTask>): void {
    this.engine.memory.setTask({ ...DEFAULT_TASK, ...task });
  }

  /**
   * Puts something in place of a helper, for all programs that are loaded afterwards: a result, or a function of the
   * call. Also for helpers that the engine has not, and for those that the JIT writes out in place.
   *
   * @throws {SkepError} `TEST_KIT` after programs were loaded, and for `bpf_tail_call`.
   *
   * @example
   * ```ts
   * import { TestKernel } from 'skep/test';
   * await using kernel = await TestKernel.create();
   * const random = kernel.mock('bpf_get_prandom_u32', 4);
   * kernel.mock('bpf_get_current_comm', (call) => {
   *   call.bytes(0).set(new TextEncoder().encode('curl\0'));
   *   return 0;
   * });
   * random.set(5);
   * ```
   */
  mock<Name extends HelperName>(name: Name, mock: HelperMock<Name>): MockedHelper<Name> {
    return this.#mocks.add(name, mock);
  }

  /** Records the calls of a helper, which does its work as ever. @throws {SkepError} as `mock` */
  spy<Name extends HelperName>(name: Name): MockedHelper<Name> {
    return this.#mocks.add(name, ORIGINAL);
  }

  /** Loads a compiled object. @throws {ProgramRejected} when the verifier refuses a program. */
  async load(object: Uint8Array | ObjectSpec, options: LoadOptions = {}): Promise<TestObject> {
    this.#mocks.seal();
    const spec = object instanceof Uint8Array ? parseObject(object) : object;
    const loaded: LoadedObject = await load(spec, this.engine, options);
    const test = new TestObject(this.engine, loaded);
    this.#objects.push(test);
    return test;
  }

  /** What programs did so far. @throws {SkepError} `TEST_KIT` without the option `coverage` */
  get coverage(): Coverage {
    return Coverage.of(this.engine);
  }

  /** Lets go of everything, and adds what programs did to the coverage that was given. */
  async close(): Promise<void> {
    this.#coverage?.add(Coverage.of(this.engine));
    for (const object of this.#objects) await object.close();
    await this.engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
