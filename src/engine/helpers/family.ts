import { hookByName } from '../../hooks/index.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { HelperBinding, HostFunction } from '../abi.js';
import type { EngineMemory } from '../memory.js';
import type { World } from '../world/world.js';
import type { TraceLog } from './trace-log.js';

/** What is known at a call: the program's type, and the map argument where it is the same on every path. */
export interface HelperUse {
  readonly programType?: string;
  readonly map?: MapFacts;
}

/** A binding, or one that depends on who calls. */
export type Bound = HelperBinding | ((use: HelperUse) => HelperBinding);

/** Helpers written in TypeScript, by the name in their binding. Arguments are unsigned 64-bit. */
export type HostHelpers = Readonly<Record<string, HostFunction>>;

/** What helpers written in TypeScript work on. */
export interface HostContext {
  readonly memory: EngineMemory;
  /** Where printed lines go. */
  readonly trace: TraceLog;
  readonly world: World;
}

/** How the engine runs the helpers of one file of `src/helpers`. */
export interface HelperFamily {
  /** By full name: `bpf_map_lookup_elem`. */
  readonly bindings: Readonly<Record<string, Bound>>;
  /** Its functions in TypeScript, for one CPU. */
  readonly host?: (context: HostContext) => HostHelpers;
}

type Runtime = Extract<HelperBinding, { kind: 'runtime' }>;
type Params = Runtime['params'];

export const i32 = 'i32';
export const i64 = 'i64';

/** A function of the runtime. */
export function runtime(name: string, params: Params, result: Runtime['result']): HelperBinding {
  return { kind: 'runtime', name, params, result };
}

/** A function of the runtime that returns 0, a length, or a negated errno. */
export function status(name: string, ...params: Params): HelperBinding {
  return { kind: 'runtime', name, params, result: i32, signed: true };
}

/** A function in TypeScript. */
export function host(name: string, args: number): HelperBinding {
  return { kind: 'host', name, args };
}

/** Which context the program's helpers get. */
export function contextOf(use: HelperUse): 'xdp' | 'skb' | 'other' {
  const struct = use.programType === undefined ? undefined : hookByName(use.programType)?.ctx.struct;
  return struct === 'xdp_md' ? 'xdp' : struct === '__sk_buff' ? 'skb' : 'other';
}

/** A number of 32 bits in an argument. */
export const low32 = (arg: bigint | undefined): number => Number((arg ?? 0n) & 0xffffffffn);

/** A negated errno, as a host function returns it. */
export const failed = (errno: number): bigint => BigInt(-errno);
