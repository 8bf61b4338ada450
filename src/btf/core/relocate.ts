import { coreError } from '../../errors/core-relocation.js';
import type { Insn, InsnIndex } from '../../isa/index.js';
import { nameOf, sharingStem } from '../find.js';
import { typeAt } from '../resolve.js';
import type { Btf, BtfType, BtfTypeId } from '../types.js';
import { type Access, type CoreRecord, essentialName, parseAccess } from './access.js';
import { CompareBudget, sameKind } from './compare.js';
import { type Evaluation, evaluate } from './evaluate.js';
import { CORE_KINDS } from './kinds.js';
import { matchAccess } from './match.js';
import { patchInsn, type Resolution } from './patch.js';

/** One CO-RE record of a program, as `CoreRelocationSpec` has it. */
export interface CoreRelocation {
  readonly insn: InsnIndex;
  readonly type: BtfTypeId;
  readonly access: string;
  /** `enum bpf_core_relo_kind`. */
  readonly kind: number;
}

export interface CoreTarget {
  /** The program's own types. */
  readonly local: Btf;
  /** The kernel's types. */
  readonly kernel: Btf;
  readonly littleEndian: boolean;
}

/** Of a record's number, or an error that names the instruction. */
export function coreKindOf({ insn, type, access, kind }: CoreRelocation): CoreRecord['row'] {
  const row = CORE_KINDS[kind];
  if (row !== undefined) return row;
  throw coreError('CORE_UNSUPPORTED', `instruction ${insn}: CO-RE records of kind ${kind} are unknown`, {
    facts: { insn, type, access, kind },
  });
}

/** What the records of one program share. */
interface Search {
  readonly kernel: Btf;
  readonly littleEndian: boolean;
  /** Types of the kernel that fit each local type so far. */
  readonly candidates: Map<BtfTypeId, readonly BtfTypeId[]>;
  readonly budget: CompareBudget;
}

/** Steps of comparison that a program may take: finding a field of the largest struct takes some hundreds. */
const MINIMUM_STEPS = 1 << 22;
const STEPS_PER_RECORD = 4096;

export function budgetFor(records: readonly CoreRelocation[]): CompareBudget {
  return new CompareBudget(MINIMUM_STEPS + records.length * STEPS_PER_RECORD);
}

/**
 * Fits a program to the kernel's types: finds what each record refers to and patches its instruction, with libbpf's
 * rules. What the kernel does not have becomes an instruction that the verifier refuses unless it is unreachable
 * (`call unknown#195896080`), or 0 for the questions whether it exists.
 *
 * @param insns patched in place.
 * @throws {SkepError} `CORE_*`, naming the instruction and the record.
 */
export function coreRelocate(
  insns: Insn[],
  records: readonly CoreRelocation[],
  { local, kernel, littleEndian }: CoreTarget,
): void {
  const search: Search = {
    kernel,
    littleEndian,
    candidates: new Map(),
    budget: budgetFor(records),
  };
  for (const relocation of records) {
    const { insn, type, access } = relocation;
    const record: CoreRecord = { type, access, row: coreKindOf(relocation) };
    patchInsn(insns, insn, resolveRecord(record, insn, local, search));
  }
}

function resolveRecord(record: CoreRecord, insn: InsnIndex, local: Btf, search: Search): Resolution {
  const { kernel, candidates, littleEndian } = search;
  const access = parseAccess(local, record);
  if (record.row.name === 'local_type_id')
    return { expected: undefined, value: BigInt(record.type), unsafeResize: false };
  const type = typeAt(local, record.type);
  const name = nameOf(type);
  if (name === '')
    throw coreError(
      'CORE_UNSUPPORTED',
      `instruction ${insn}: type ${record.type} has no name by which to find the kernel's`,
      {
        facts: { insn, type: record.type, access: record.access, kind: record.row.name },
      },
    );
  const known = candidates.get(record.type) ?? findCandidates(kernel, type, name);
  const { found, fitting } = choose(record, insn, access, known, search);
  // As in libbpf, a type that did not fit once is not asked again for the same local type.
  candidates.set(record.type, fitting.length > 0 ? fitting : known);
  const before = evaluate(record, access, littleEndian);
  const after = found ?? evaluate(record, undefined, littleEndian);
  return {
    expected: before.validate ? before.value : undefined,
    value: after.value,
    ...sizes(local, kernel, before, after),
  };
}

interface Choice {
  readonly found: Evaluation | undefined;
  readonly fitting: readonly BtfTypeId[];
}

/** All candidates that have the field have to agree. */
function choose(
  record: CoreRecord,
  insn: InsnIndex,
  access: Access,
  candidates: readonly BtfTypeId[],
  { kernel, littleEndian, budget }: Search,
): Choice {
  const fitting: BtfTypeId[] = [];
  let first: { readonly access: Access; readonly result: Evaluation } | undefined;
  for (const candidate of candidates) {
    const match = matchAccess(record, access, kernel, candidate, budget);
    if (match === undefined) continue;
    const result = evaluate(record, match, littleEndian);
    first ??= { access: match, result };
    if (match.bitOffset !== first.access.bitOffset || result.value !== first.result.value)
      throw coreError(
        'CORE_AMBIGUOUS',
        `instruction ${insn}: types ${first.access.root} and ${candidate} of the kernel both fit ${nameOf(typeAt(access.btf, access.root))} and disagree: ${record.row.name} is ${first.result.value} or ${result.value}`,
        {
          facts: {
            insn,
            type: record.type,
            access: record.access,
            kind: record.row.name,
            candidates: [first.access.root, candidate],
          },
        },
      );
    fitting.push(candidate);
  }
  return { found: first?.result, fitting };
}

/** The kernel's types of a kind whose name is the same but for the flavour. */
export function findCandidates(kernel: Btf, type: BtfType, name: string): readonly BtfTypeId[] {
  const wanted = essentialName(name);
  return [...sharingStem(kernel, wanted)].filter((id) => {
    const candidate = typeAt(kernel, id);
    return sameKind(candidate, type) && essentialName(nameOf(candidate)) === wanted;
  });
}

/** Another size is safe to load where zero extension gives the right value: pointers and unsigned integers. */
function sizes(
  local: Btf,
  kernel: Btf,
  before: Evaluation,
  after: Evaluation,
): Pick<Resolution, 'resize' | 'unsafeResize'> {
  if (before.access === undefined || after.access === undefined || before.access.size === after.access.size)
    return { unsafeResize: false };
  const types = [typeAt(local, before.access.type), typeAt(kernel, after.access.type)];
  const pointers = types.every(({ kind }) => kind === 'ptr');
  const unsigned = types.every((type) => type.kind === 'int' && (!type.signed || type.char || type.bool));
  const resize = { from: before.access.size, to: after.access.size };
  return { resize, unsafeResize: !pointers && !unsigned };
}
