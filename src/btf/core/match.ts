import { coreError } from '../../errors/core-relocation.js';
import { resolve, sizeOf, typeAt } from '../resolve.js';
import type { Btf, BtfTypeId } from '../types.js';
import { type Access, type CoreRecord, essentialName, isFlexible, MAX_STEPS, type Step } from './access.js';
import { type CompareBudget, fieldsCompatible, type Pair, typesCompatible, typesMatch } from './compare.js';

/**
 * Finds in one of the kernel's types what a record refers to in the program's: libbpf's `bpf_core_spec_match`.
 * Undefined when the type does not have it.
 */
export function matchAccess(
  record: CoreRecord,
  local: Access,
  target: Btf,
  candidate: BtfTypeId,
  budget: CompareBudget,
): Access | undefined {
  const pair: Pair = { local: local.btf, target, budget };
  const root = { btf: target, root: candidate };
  switch (record.row.about) {
    case 'type': {
      const same = record.row.name === 'type_matches' ? typesMatch : typesCompatible;
      return same(pair, local.root, candidate) ? { ...root, steps: [], bitOffset: 0 } : undefined;
    }
    case 'enumerator': {
      const step = matchEnumerator(local, target, candidate);
      return step && { ...root, steps: [step], bitOffset: 0 };
    }
    case 'field':
      return matchField(pair, local, candidate);
    default:
      return record.row satisfies never;
  }
}

function matchEnumerator(local: Access, target: Btf, candidate: BtfTypeId): Step | undefined {
  const id = resolve(target, candidate);
  const type = typeAt(target, id);
  if (type.kind !== 'enum' && type.kind !== 'enum64') return undefined;
  const wanted = essentialName(local.steps[0]?.name ?? '');
  const index = type.values.findIndex(({ name }) => essentialName(name) === wanted);
  return index < 0 ? undefined : { type: id, index, name: type.values[index]?.name };
}

function matchField(pair: Pair, local: Access, candidate: BtfTypeId): Access | undefined {
  const { target } = pair;
  const steps: Step[] = [];
  let bitOffset = 0;
  let id = candidate;
  for (const [position, step] of local.steps.entries()) {
    id = resolve(target, id);
    if (step.name !== undefined) {
      const found = matchMember(pair, step, id, 0);
      if (found === undefined || found === 'incompatible') return undefined;
      steps.push(found.step);
      bitOffset += found.bitOffset;
      id = found.next;
      continue;
    }
    // The first index steps over whole values of the root type; later ones over elements.
    if (position > 0) {
      const array = typeAt(target, id);
      if (array.kind !== 'array') return undefined;
      if (step.index >= array.length && !isFlexible(target, steps.at(-1), array.length)) return undefined;
      id = resolve(target, array.type);
    }
    steps.push({ type: id, index: step.index, name: undefined });
    bitOffset += step.index * sizeOf(target, id) * 8;
  }
  return { btf: target, root: candidate, steps, bitOffset };
}

interface FoundMember {
  readonly step: Step;
  readonly bitOffset: number;
  readonly next: BtfTypeId;
}

/** Looks for a member by name, also within anonymous structs and unions. A name with another type ends the search. */
function matchMember(
  pair: Pair,
  wanted: Step,
  id: BtfTypeId,
  depth: number,
): FoundMember | 'incompatible' | undefined {
  if (depth > MAX_STEPS)
    throw coreError('CORE_TOO_COMPLEX', `type ${id} is nested too deeply`, { facts: { type: id } });
  const owner = resolve(pair.target, id);
  const type = typeAt(pair.target, owner);
  if (type.kind !== 'struct' && type.kind !== 'union') return undefined;
  for (const [index, member] of type.members.entries()) {
    pair.budget.spend();
    if (member.name === '') {
      const found = matchMember(pair, wanted, member.type, depth + 1);
      if (found === 'incompatible') return found;
      if (found !== undefined) return { ...found, bitOffset: found.bitOffset + member.bitOffset };
    } else if (member.name === wanted.name) {
      const step = { type: owner, index, name: member.name };
      const compatible = fieldsCompatible(pair, memberType(pair.local, wanted), member.type);
      return compatible ? { step, bitOffset: member.bitOffset, next: member.type } : 'incompatible';
    }
  }
  return undefined;
}

function memberType(btf: Btf, step: Step): BtfTypeId {
  const type = typeAt(btf, step.type);
  const member = type.kind === 'struct' || type.kind === 'union' ? type.members[step.index] : undefined;
  return member?.type ?? 0;
}
