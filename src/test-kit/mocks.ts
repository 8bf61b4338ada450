import type { HostFunction } from '../engine/abi.js';
import type { HelperOverride } from '../engine/helpers/overrides.js';
import type { EngineMemory } from '../engine/memory.js';
import { MAP_ID, MAP_KEY_SIZE, MAP_VALUE_SIZE } from '../engine/runtime/layout.js';
import { C_SIGNATURES } from '../helpers/c-signatures.js';
import { argumentsOf, helperById, helperId } from '../helpers/registry.js';
import { testError, unknownWord } from './errors.js';
import type { HelperName, HelperResult } from './signatures.js';

/** One call of a helper by a program. */
export interface HelperCall {
  readonly helper: HelperName;
  /** bpftool's word for the type of the program that calls. */
  readonly programType: string;
  /** r1 and the registers after it, as many as the helper takes; unsigned 64 bits. */
  readonly args: readonly bigint[];
  /**
   * The bytes that argument `index` points to, as the helper's prototype says how many; empty for a null pointer. A
   * view: writing into it is how a mock fills a buffer. Valid during the call.
   */
  bytes(index: number): Uint8Array;
  /** Id of the map that argument `index` is. */
  mapId(index: number): number;
  /** Lets the engine's own helper do its work; its result. @throws {SkepError} `TEST_KIT` where the engine has none */
  original(): bigint;
}

/** What a program got, and for what. */
export interface RecordedCall {
  readonly programType: string;
  readonly args: readonly bigint[];
  readonly result: bigint;
}

/** What stands in for a helper: a fixed result, or a function of the call. */
export type HelperMock<Name extends HelperName> =
  | HelperResult<Name>
  | ((call: HelperCall) => HelperResult<Name>);

/** Lets the engine's own helper answer. */
export const ORIGINAL = Symbol('original');

/** A helper that a test has taken over. */
export class MockedHelper<Name extends HelperName> {
  readonly name: Name;
  /** Oldest first. */
  readonly calls: RecordedCall[] = [];
  #mock: HelperMock<Name> | typeof ORIGINAL;

  constructor(name: Name, mock: HelperMock<Name> | typeof ORIGINAL) {
    this.name = name;
    this.#mock = mock;
  }

  /** From now on another result, or function. */
  set(mock: HelperMock<Name>): void {
    this.#mock = mock;
  }

  /** From now on the engine's own helper; calls are still recorded. */
  restore(): void {
    this.#mock = ORIGINAL;
  }

  /** Called by the engine. */
  answer(call: HelperCall): bigint {
    const mock = this.#mock;
    const result =
      mock === ORIGINAL
        ? call.original()
        : toRegister(this.name, typeof mock === 'function' ? mock(call) : mock);
    this.calls.push({ programType: call.programType, args: call.args, result });
    return result;
  }
}

function signatureOf(name: HelperName): string {
  return (C_SIGNATURES as Readonly<Record<string, string>>)[name.slice('bpf_'.length)] ?? '';
}

/** The result as the helper's C type leaves it in r0. */
function toRegister(name: HelperName, value: number | bigint | null | undefined): bigint {
  const whole = BigInt(value ?? 0);
  const signature = signatureOf(name);
  if (signature.startsWith('__u32 (')) return BigInt.asUintN(32, whole);
  if (signature.startsWith('int (')) return BigInt.asUintN(64, BigInt.asIntN(32, whole));
  return BigInt.asUintN(64, whole);
}

/** The mocks of one kernel. */
export class HelperMocks {
  /** What the engine asks when it compiles a program. */
  readonly overrides = new Map<number, HelperOverride>();
  readonly #mocked = new Map<HelperName, MockedHelper<HelperName>>();
  #memory: EngineMemory | undefined;
  #sealed = false;

  /** The engine whose programs call the mocks. */
  connect(memory: EngineMemory): void {
    this.#memory = memory;
  }

  /** Programs are compiled from now on. */
  seal(): void {
    this.#sealed = true;
  }

  /** @throws {SkepError} `TEST_KIT` */
  add<Name extends HelperName>(name: Name, mock: HelperMock<Name> | typeof ORIGINAL): MockedHelper<Name> {
    const known = this.#mocked.get(name) as MockedHelper<Name> | undefined;
    if (known !== undefined) {
      if (mock === ORIGINAL) known.restore();
      else known.set(mock);
      return known;
    }
    const id = helperId(name);
    if (id === undefined || helperById(id) === undefined)
      throw unknownWord(
        'helper',
        name,
        Object.keys(C_SIGNATURES).map((short) => `bpf_${short}`),
      );
    if (name === 'bpf_tail_call')
      throw testError(
        'bpf_tail_call cannot be mocked: it does not come back',
        'fill the program array instead',
      );
    if (this.#sealed)
      throw testError(
        `${name} cannot be mocked any more: programs are loaded that may call it`,
        'mock helpers before you load; what a mock does can be changed later, with set()',
      );
    const helper = new MockedHelper(name, mock);
    this.#mocked.set(name, helper as unknown as MockedHelper<HelperName>);
    this.overrides.set(id, (type, original) => this.#override(helper, id, type, original));
    return helper;
  }

  #override<Name extends HelperName>(
    helper: MockedHelper<Name>,
    id: number,
    programType: string,
    original: HostFunction | undefined,
  ): HostFunction {
    return (...args) =>
      helper.answer({
        helper: helper.name,
        programType,
        args,
        bytes: (index) => this.#bytes(id, programType, args, index),
        mapId: (index) => this.#word(args[index], MAP_ID),
        original: () => {
          if (original === undefined) throw testError(`the engine has no ${helper.name} of its own`);
          return BigInt.asUintN(64, original(...args));
        },
      });
  }

  #word(map: bigint | undefined, field: number): number {
    return this.#memory?.u32(Number(map ?? 0n) + field) ?? 0;
  }

  #bytes(id: number, programType: string, args: readonly bigint[], index: number): Uint8Array {
    const helper = helperById(id);
    const kinds = helper === undefined ? [] : argumentsOf(helper, programType);
    const kind = kinds[index];
    const map = args[kinds.findIndex((one) => one.kind === 'const_map')];
    let size: number | undefined;
    if (kind?.kind === 'map_key') size = this.#word(map, MAP_KEY_SIZE);
    else if (kind?.kind === 'map_value') size = this.#word(map, MAP_VALUE_SIZE);
    else if (kind?.kind === 'mem') size = kind.size ?? Number(BigInt.asUintN(32, args[index + 1] ?? 0n));
    if (size === undefined) throw testError(`argument ${index} of ${helper?.name} points to no memory`);
    const address = Number(args[index] ?? 0n);
    return (this.#memory as EngineMemory).bytes.subarray(address, address === 0 ? 0 : address + size);
  }
}
