import { nameOf } from '../find.js';
import { typeAt } from '../resolve.js';
import type { BtfTypeId } from '../types.js';
import { type Access, type CoreRecord, parseAccess } from './access.js';
import { matchAccess } from './match.js';
import { budgetFor, type CoreRelocation, type CoreTarget, coreKindOf, findCandidates } from './relocate.js';

/** What one record finds among the kernel's types. */
export interface Reached {
  readonly record: CoreRecord;
  readonly access: Access;
}

/** What CO-RE records find among the kernel's types, without those that find nothing. @throws {SkepError} `CORE_*` */
export function coreReach(
  records: readonly CoreRelocation[],
  { local, kernel }: Pick<CoreTarget, 'local' | 'kernel'>,
): Reached[] {
  const budget = budgetFor(records);
  const candidates = new Map<BtfTypeId, readonly BtfTypeId[]>();
  const reached: Reached[] = [];
  for (const relocation of records) {
    const { type, access } = relocation;
    const record: CoreRecord = { type, access, row: coreKindOf(relocation) };
    // That is a question to the program's own types.
    if (record.row.name === 'local_type_id') continue;
    const localType = typeAt(local, type);
    const known = candidates.get(type) ?? findCandidates(kernel, localType, nameOf(localType));
    candidates.set(type, known);
    const path = parseAccess(local, record);
    for (const candidate of known) {
      const found = matchAccess(record, path, kernel, candidate, budget);
      if (found === undefined) continue;
      reached.push({ record, access: found });
      break;
    }
  }
  return reached;
}
