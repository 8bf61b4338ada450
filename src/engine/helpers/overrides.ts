import { helperById } from '../../helpers/registry.js';
import type { HelperBinding, HostFunction } from '../abi.js';
import { invokeRuntime, type RuntimeFunction } from '../interp/index.js';
import { bindingFor } from './bindings.js';
import type { HelperUse } from './family.js';

/**
 * Makes what programs of a type call in place of a helper. `original` is the engine's own, undefined when it has none.
 * Arguments and result are what r1–r5 hold and r0 becomes, unsigned 64 bits.
 */
export type HelperOverride = (programType: string, original: HostFunction | undefined) => HostFunction;

/** What programs call in place of helpers, by helper number: asked when a program is compiled. */
export type HelperOverrides = ReadonlyMap<number, HelperOverride>;

/** Finds how compiled code reaches helpers, where some may be overridden. */
export class HelperBindings {
  readonly #overrides: HelperOverrides;
  readonly #runtime: Readonly<Record<string, unknown>>;
  readonly #host: Record<string, HostFunction>;

  /** @param host the host functions that programs are linked with; overrides are added to it. */
  constructor(
    overrides: HelperOverrides,
    runtime: Readonly<Record<string, unknown>>,
    host: Record<string, HostFunction>,
  ) {
    this.#overrides = overrides;
    this.#runtime = runtime;
    this.#host = host;
  }

  /** Numbers of the helpers that are overridden. */
  get overridden(): Iterable<number> {
    return this.#overrides.keys();
  }

  /** Overridden helpers are always called: the JIT writes none of them out in place. */
  bindingFor(id: number, use: HelperUse): HelperBinding | undefined {
    const override = this.#overrides.get(id);
    if (override === undefined) return bindingFor(id, use);
    const name = `override_${id}_${use.programType}`;
    this.#host[name] ??= override(use.programType ?? '', this.#original(id, use.programType));
    return { kind: 'host', name, args: helperById(id)?.args.length ?? 5 };
  }

  #original(id: number, programType: string | undefined): HostFunction | undefined {
    const binding = bindingFor(id, programType === undefined ? {} : { programType });
    switch (binding?.kind) {
      case 'host':
        return this.#host[binding.name];
      case 'runtime': {
        const callee = this.#runtime[binding.name] as RuntimeFunction;
        return (...args) => invokeRuntime(binding, callee, args);
      }
      default:
        return undefined;
    }
  }
}
