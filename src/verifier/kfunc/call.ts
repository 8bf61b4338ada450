import { resolve } from '../../btf/index.js';
import type { Btf, BtfParam, BtfType, BtfTypeId } from '../../btf/types.js';
import type { KfuncFlag } from '../../kfuncs/kfunc.js';
import { kfuncByName, mayCallKfunc } from '../../kfuncs/registry.js';
import type { MapFacts } from '../../maps/map-type.js';
import type { SpecialField } from '../../maps/special-fields.js';
import type { Session } from '../explore/session.js';
import { kernelBtf } from '../kernel-types/session-types.js';
import type { DynptrFacts } from '../obligations/dynptr.js';
import { kfuncNotAllowed } from '../rules/kfunc-not-allowed.js';
import { refuse } from '../rules/rule.js';
import { unsupported } from '../rules/unsupported.js';

/** A function of the kernel, as its BTF and `src/kfuncs` know it. */
export interface KernelFunction {
  readonly name: string;
  /** In the kernel's BTF. */
  readonly id: BtfTypeId;
  readonly btf: Btf;
  readonly params: readonly BtfParam[];
  readonly returns: BtfTypeId;
  readonly flags: ReadonlySet<KfuncFlag>;
}

/** What the arguments of one call have told so far. */
export interface KfuncCall {
  readonly kfunc: KernelFunction;
  /** The reference that an argument holds, 0 for none. */
  refObjId: number;
  /** The register that is released, 0 for none. */
  releases: number;
  /** The value of the argument that must be a constant. */
  constant: bigint | undefined;
  /** Bytes that the result points to, and whether they may only be read. */
  resultSize: number;
  resultReadOnly: boolean;
  /** The function to call back, -1 for none. */
  subprogram: number;
  map: MapFacts | undefined;
  mapIndex: number;
  /** Tells inner maps of the same map of maps apart, where it matters; 0 for all others. */
  mapUid: number;
  /** The dynptr that it uses. */
  dynptr: DynptrFacts | undefined;
  /** The iterator that it advances: its frame and first stack slot. */
  iterator: { readonly frame: number; readonly slot: number } | undefined;
  /** The list head or tree root that it is given. */
  root: SpecialField | undefined;
  /** Its result is never null, whatever its flags say. */
  neverNull: boolean;
  /** The object of a program's own type that it takes. */
  object: { readonly btf: number; readonly typeId: BtfTypeId; readonly owning: boolean } | undefined;
}

const known = new WeakMap<Btf, Map<BtfTypeId, KernelFunction | undefined>>();

/** A function of the kernel by its id; undefined when the id is of something else. */
export function functionById(btf: Btf, id: BtfTypeId): KernelFunction | undefined {
  const functions = known.get(btf) ?? new Map<BtfTypeId, KernelFunction | undefined>();
  known.set(btf, functions);
  if (!functions.has(id)) functions.set(id, readFunction(btf, id));
  return functions.get(id);
}

function readFunction(btf: Btf, id: BtfTypeId): KernelFunction | undefined {
  const func = btf.types.at(id);
  const proto = func?.kind === 'func' ? btf.types.at(func.type) : undefined;
  if (func?.kind !== 'func' || proto?.kind !== 'func_proto') return undefined;
  const flags = new Set(kfuncByName(func.name)?.flags ?? []);
  return { name: func.name, id, btf, params: proto.params, returns: proto.returns, flags };
}

/** What an instruction calls. @throws {Refusal} when programs of this kind may not call it. */
export function calledFunction(s: Session, id: BtfTypeId): KernelFunction {
  const found = functionById(kernelBtf(s), id);
  const name = found?.name ?? '';
  const allowed = mayCallKfunc(s.program.hook.name, name, s.program.attachType);
  if (allowed === undefined)
    refuse(unsupported, s.at, {
      what: `calling kernel functions in programs of type ${s.program.hook.name}`,
    });
  if (found === undefined || allowed === false)
    return refuse(kfuncNotAllowed, s.at, { problem: 'not_allowed', name });
  if (kfuncByName(name) === undefined) refuse(unsupported, s.at, { what: `kernel function ${name}` });
  return found;
}

/** A call of which nothing is known yet. */
export function newCall(kfunc: KernelFunction): KfuncCall {
  return {
    kfunc,
    refObjId: 0,
    releases: 0,
    constant: undefined,
    resultSize: 0,
    resultReadOnly: false,
    subprogram: -1,
    map: undefined,
    mapIndex: -1,
    mapUid: 0,
    dynptr: undefined,
    iterator: undefined,
    root: undefined,
    neverNull: false,
    object: undefined,
  };
}

/** An argument's type, without modifiers and typedefs. */
export function paramType({ btf, params }: KernelFunction, index: number): BtfType {
  return btf.types.at(resolve(btf, (params[index] as BtfParam).type)) as BtfType;
}

/** Linux tells what an argument is by how its name ends: `__sz`, `__k`, `__nullable`, … */
export function hasSuffix(param: BtfParam | undefined, suffix: string): boolean {
  return param?.name.endsWith(suffix) === true && param.name.length >= suffix.length;
}
