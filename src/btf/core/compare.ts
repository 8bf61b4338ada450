import { coreError } from '../../errors/core-relocation.js';
import { MAX_DEPTH } from '../constants.js';
import { nameOf } from '../find.js';
import { resolve, typeAt } from '../resolve.js';
import type { Btf, BtfType, BtfTypeId } from '../types.js';
import { essentialName } from './access.js';

/** Counts steps of comparison, so that hostile types cannot make them grow without end. */
export class CompareBudget {
  #left: number;

  constructor(steps: number) {
    this.#left = steps;
  }

  spend(): void {
    if (--this.#left < 0) throw coreError('CORE_TOO_COMPLEX', 'comparing the types takes too many steps');
  }
}

/** Two types in two BTFs. */
export interface Pair {
  readonly local: Btf;
  readonly target: Btf;
  readonly budget: CompareBudget;
}

type EnumType = Extract<BtfType, { kind: 'enum' | 'enum64' }>;

function isEnum(type: BtfType): type is EnumType {
  return type.kind === 'enum' || type.kind === 'enum64';
}

/** Kinds are compatible when equal; both kinds of enumeration are one. */
export function sameKind(a: BtfType, b: BtfType): boolean {
  return a.kind === b.kind || (isEnum(a) && isEnum(b));
}

function noOddInts(a: BtfType, b: BtfType): boolean {
  return a.kind === 'int' && b.kind === 'int' && a.bitOffset === 0 && b.bitOffset === 0;
}

/** Whether a field of one type may be read as one of the other: libbpf's `bpf_core_fields_are_compat`. */
export function fieldsCompatible(pair: Pair, localId: BtfTypeId, targetId: BtfTypeId): boolean {
  let [local, target] = [localId, targetId];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    pair.budget.spend();
    const a = typeAt(pair.local, resolve(pair.local, local));
    const b = typeAt(pair.target, resolve(pair.target, target));
    if (isComposite(a) && isComposite(b)) return true;
    if (!sameKind(a, b)) return false;
    if (a.kind === 'ptr' || a.kind === 'float') return true;
    if (a.kind === 'int') return noOddInts(a, b);
    if (a.kind === 'fwd' || isEnum(a)) {
      const names = [essentialName(nameOf(a)), essentialName(nameOf(b))];
      return names.includes('') || names[0] === names[1];
    }
    if (a.kind !== 'array' || b.kind !== 'array') return false;
    [local, target] = [a.type, b.type];
  }
  return false;
}

function isComposite(type: BtfType): boolean {
  return type.kind === 'struct' || type.kind === 'union';
}

/** Whether two types of one name are the same sort of thing: libbpf's `bpf_core_types_are_compat`. */
export function typesCompatible(pair: Pair, localId: BtfTypeId, targetId: BtfTypeId, depth = 0): boolean {
  if (depth === 0 && !sameKind(typeAt(pair.local, localId), typeAt(pair.target, targetId))) return false;
  pair.budget.spend();
  if (depth > MAX_DEPTH) throw tooDeep(localId);
  const a = typeAt(pair.local, resolve(pair.local, localId));
  const b = typeAt(pair.target, resolve(pair.target, targetId));
  if (!sameKind(a, b)) return false;
  switch (a.kind) {
    case 'void':
    case 'struct':
    case 'union':
    case 'enum':
    case 'enum64':
    case 'fwd':
      return true;
    case 'int':
      return noOddInts(a, b);
    case 'ptr':
    case 'array':
      return (b.kind === 'ptr' || b.kind === 'array') && typesCompatible(pair, a.type, b.type, depth + 1);
    case 'func_proto':
      return (
        b.kind === 'func_proto' &&
        a.params.length === b.params.length &&
        a.params.every((param, index) =>
          typesCompatible(pair, param.type, b.params[index]?.type ?? 0, depth + 1),
        ) &&
        typesCompatible(pair, a.returns, b.returns, depth + 1)
      );
    default:
      return false;
  }
}

function tooDeep(id: BtfTypeId) {
  return coreError('CORE_TOO_COMPLEX', `type ${id} is nested too deeply to be compared`, {
    facts: { type: id },
  });
}

function sameName(a: string, b: string): boolean {
  return essentialName(a) === essentialName(b);
}

/** Whether the kernel's type has everything that the program's has: libbpf's `bpf_core_types_match`. */
export function typesMatch(
  pair: Pair,
  localId: BtfTypeId,
  targetId: BtfTypeId,
  behindPointer = false,
  depth = 0,
): boolean {
  pair.budget.spend();
  if (depth > MAX_DEPTH) throw tooDeep(localId);
  const a = typeAt(pair.local, resolve(pair.local, localId));
  const b = typeAt(pair.target, resolve(pair.target, targetId));
  if (!sameName(nameOf(a), nameOf(b))) return false;
  switch (a.kind) {
    case 'void':
      return b.kind === 'void';
    case 'fwd':
      if (b.kind === 'fwd') return a.union === b.union;
      return behindPointer && b.kind === (a.union ? 'union' : 'struct');
    case 'enum':
    case 'enum64':
      return isEnum(b) && enumsMatch(a, b);
    case 'struct':
    case 'union':
      if (!behindPointer) return b.kind === a.kind && compositesMatch(pair, a, b, depth);
      return b.kind === a.kind || (b.kind === 'fwd' && b.union === (a.kind === 'union'));
    case 'int':
      return b.kind === 'int' && a.size === b.size && a.signed === b.signed;
    case 'ptr':
      return b.kind === 'ptr' && typesMatch(pair, a.type, b.type, true, depth + 1);
    case 'array':
      return (
        b.kind === 'array' &&
        a.length === b.length &&
        typesMatch(pair, a.type, b.type, behindPointer, depth + 1)
      );
    case 'func_proto':
      return (
        b.kind === 'func_proto' &&
        a.params.length === b.params.length &&
        a.params.every((param, index) =>
          typesMatch(pair, param.type, b.params[index]?.type ?? 0, behindPointer, depth + 1),
        ) &&
        typesMatch(pair, a.returns, b.returns, behindPointer, depth + 1)
      );
    default:
      return false;
  }
}

function enumsMatch(a: EnumType, b: EnumType): boolean {
  if (a.values.length > b.values.length) return false;
  const names = new Set(b.values.map(({ name }) => essentialName(name)));
  return a.values.every(({ name }) => names.has(essentialName(name)));
}

function compositesMatch(
  pair: Pair,
  a: Extract<BtfType, { kind: 'struct' | 'union' }>,
  b: Extract<BtfType, { kind: 'struct' | 'union' }>,
  depth: number,
): boolean {
  if (a.members.length > b.members.length) return false;
  return a.members.every((local) =>
    b.members.some((target) => {
      pair.budget.spend();
      return sameName(local.name, target.name) && typesMatch(pair, local.type, target.type, false, depth + 1);
    }),
  );
}
