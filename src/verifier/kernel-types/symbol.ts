import { findByName, nameOf, trySizeOf } from '../../btf/index.js';
import type { Btf, BtfTypeId } from '../../btf/types.js';
import { FLAG_PERCPU, FLAG_RDONLY, TYPE_BTF_ID, TYPE_MEM } from '../state/layout.js';
import { isStructType, plainType } from './session-types.js';

/** What a program gets that loads the address of a symbol of the kernel. */
export interface SymbolPointer {
  readonly type: number;
  /** The type of the variable, for a BTF pointer. */
  readonly pointed: BtfTypeId;
  /** Bytes of a variable that is no struct. */
  readonly size: number;
}

/** The symbol with an id of the kernel's BTF, or why it is none, in Linux's words. */
export function symbolPointer(btf: Btf, id: BtfTypeId): SymbolPointer | { readonly problem: string } {
  const symbol = btf.types.at(id);
  if (symbol === undefined) return { problem: `ldimm64 insn specifies invalid btf_id ${id}.` };
  if (symbol.kind !== 'var' && symbol.kind !== 'func')
    return { problem: `pseudo btf_id ${id} in ldimm64 isn't KIND_VAR or KIND_FUNC` };
  if (symbol.kind === 'func') return { type: TYPE_MEM | FLAG_RDONLY, pointed: 0, size: 0 };
  if (isPerCpu(btf, id)) return { type: TYPE_BTF_ID | FLAG_PERCPU, pointed: symbol.type, size: 0 };
  const type = plainType(btf, symbol.type);
  if (isStructType(type)) return { type: TYPE_BTF_ID, pointed: symbol.type, size: 0 };
  const size = trySizeOf(btf, symbol.type);
  if (size === undefined)
    return { problem: `ldimm64 unable to resolve the size of type '${nameOf(type)}': -22` };
  return { type: TYPE_MEM | FLAG_RDONLY, pointed: 0, size };
}

function isPerCpu(btf: Btf, id: BtfTypeId): boolean {
  const section = btf.types.at(findByName(btf, '.data..percpu', 'datasec') ?? 0);
  return section?.kind === 'datasec' && section.vars.some(({ type }) => type === id);
}
