import { CompareBudget, typesMatch } from '../../btf/core/compare.js';
import {
  type Btf,
  type BtfType,
  type BtfTypeId,
  type BtfVarSecinfo,
  dedupBtf,
  mapReferences,
  typeAt,
  typesOfKind,
} from '../../btf/index.js';
import type { NewSection, NewSymbol } from '../../elf/index.js';
import { combineError } from '../../errors/object.js';
import type { Input } from './inputs.js';
import type { Placement } from './sections.js';
import type { SharedSymbol, Symbols } from './symbols.js';

/** The types of all inputs as one. */
export interface CombinedTypes {
  readonly btf: Btf;
  idOf(input: Input, id: BtfTypeId): BtfTypeId;
}

type Thing = Extract<BtfType, { kind: 'var' | 'func' }>;

/**
 * Joins the types of the inputs and takes out doubles. A variable or function that several declare is one, with the
 * type of its definition; sections list what all inputs put into them, at its new place.
 *
 * @throws {SkepError} `OBJECT_COMBINE` when two objects disagree on the type of something they share.
 */
export function combineTypes(
  inputs: readonly Input[],
  placement: Placement,
  symbols: Symbols,
): CombinedTypes {
  const joined: BtfType[] = [{ kind: 'void' }];
  const bases = new Map<Input, number>();
  for (const input of inputs) {
    const base = joined.length - 1;
    bases.set(input, base);
    const to = (id: BtfTypeId): BtfTypeId => (id === 0 ? 0 : id + base);
    for (const type of input.btf.types) if (type.kind !== 'void') joined.push(mapReferences(type, to));
  }
  const at = (input: Input, id: BtfTypeId): BtfTypeId => (id === 0 ? 0 : id + (bases.get(input) ?? 0));
  const merged = mergeShared(inputs, at, symbols);
  const sections = combinedDatasecs(inputs, placement, symbols, at, merged);
  // What was merged, and the old lists of sections, are no longer referred to; leaving them out keeps ids dense.
  const kept: BtfType[] = [];
  const ids = new Map<BtfTypeId, BtfTypeId>();
  joined.forEach((type, id) => {
    if (type.kind === 'datasec' || merged.has(id)) return;
    ids.set(id, kept.length);
    kept.push(type);
  });
  const final = (id: BtfTypeId): BtfTypeId => ids.get(merged.get(id) ?? id) ?? 0;
  const whole: BtfType[] = [...kept, ...sections].map((type) => mapReferences(type, final));
  const { btf, ids: deduplicated } = dedupBtf({ types: whole });
  return { btf, idOf: (input, id) => deduplicated[final(at(input, id))] ?? 0 };
}

/** The id of an input's type among those of all. */
type Place = (input: Input, id: BtfTypeId) => BtfTypeId;

/** Declarations of what objects share, by the id of the one that stands for all. */
function mergeShared(inputs: readonly Input[], at: Place, symbols: Symbols): Map<BtfTypeId, BtfTypeId> {
  const declared = new Map<
    string,
    { readonly input: Input; readonly id: BtfTypeId; readonly type: Thing }[]
  >();
  for (const input of inputs) {
    for (const [id, type] of typesOfKind(input.btf, 'var', 'func')) {
      if (type.linkage === 'static' || !symbols.shared.has(type.name)) continue;
      const list = declared.get(type.name) ?? [];
      declared.set(type.name, list);
      list.push({ input, id, type });
    }
  }
  const merged = new Map<BtfTypeId, BtfTypeId>();
  for (const [name, list] of declared) {
    const shared = symbols.shared.get(name) as SharedSymbol;
    const winner = list.find(({ input }) => input === shared.definition?.input) ?? list[0];
    for (const other of list) {
      if (winner === undefined || other === winner) continue;
      requireSameType(name, winner, other);
      merged.set(at(other.input, other.id), at(winner.input, winner.id));
    }
  }
  return merged;
}

interface Declared {
  readonly input: Input;
  readonly type: Thing;
}

function requireSameType(name: string, a: Declared, b: Declared): void {
  const pair = { local: a.input.btf, target: b.input.btf, budget: new CompareBudget(1 << 20) };
  if (a.type.kind === b.type.kind && typesMatch(pair, a.type.type, b.type.type)) return;
  throw combineError(
    `${name} has another type in ${a.input.name} than in ${b.input.name}`,
    { symbol: name, inputs: [a.input.name, b.input.name] },
    'declare it in a header that both include',
  );
}

/** A section's list of variables in the output. */
interface Listing {
  readonly section: NewSection | undefined;
  readonly vars: Map<BtfTypeId, BtfVarSecinfo>;
}

function combinedDatasecs(
  inputs: readonly Input[],
  placement: Placement,
  symbols: Symbols,
  at: Place,
  merged: ReadonlyMap<BtfTypeId, BtfTypeId>,
): BtfType[] {
  const lists = new Map<string, Listing>();
  const values = new Map(
    symbols.all.filter(({ binding }) => binding !== 0).map((symbol) => [symbol.name, symbol]),
  );
  for (const input of inputs) {
    for (const [, type] of typesOfKind(input.btf, 'datasec')) {
      const index = input.elf.sections.findIndex(({ name }) => name === type.name);
      const place = index < 0 ? undefined : placement.place(input, index);
      if (index >= 0 && place === undefined) continue;
      const list = lists.get(type.name) ?? { section: place?.section, vars: new Map() };
      lists.set(type.name, list);
      for (const variable of type.vars) {
        const id = at(input, variable.type);
        const placed = placeVariable(input, variable, place?.offset ?? 0, values, list.section);
        if (placed !== undefined && !merged.has(id))
          list.vars.set(id, { ...variable, type: id, offset: placed });
      }
    }
  }
  return [...lists].map(([name, { section, vars }]) => ({
    kind: 'datasec',
    name,
    size: section?.data.length ?? 0,
    vars: [...vars.values()].sort((a, b) => a.offset - b.offset),
  }));
}

/** The offset of a variable in the output's section; undefined when it is defined elsewhere. */
function placeVariable(
  { btf }: Input,
  variable: BtfVarSecinfo,
  shift: number,
  values: ReadonlyMap<string, NewSymbol>,
  section: NewSection | undefined,
): number | undefined {
  const type = typeAt(btf, variable.type);
  if ((type.kind !== 'var' && type.kind !== 'func') || type.linkage === 'static')
    return variable.offset + shift;
  const symbol = values.get(type.name);
  if (symbol === undefined) return variable.offset + shift;
  // Kernel symbols and settings have no section; their list has no offsets.
  if (symbol.section === undefined) return 0;
  return symbol.section === section ? symbol.value : undefined;
}
