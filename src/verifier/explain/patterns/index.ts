import { unboundedOffset } from './bounds.js';
import { missingNullCheck, numberFollowed } from './null-check.js';
import {
  contextField,
  deepStack,
  endlessLoop,
  helperNotHere,
  licence,
  registerNotSet,
  wrongReturn,
} from './others.js';
import { packetNotChecked } from './packet.js';
import type { Case, Diagnosis, Pattern } from './pattern.js';
import { missingPrivilege } from './privileges.js';

/** The known patterns; the first that has something to say speaks. */
const PATTERNS: readonly Pattern[] = [
  missingPrivilege,
  missingNullCheck,
  numberFollowed,
  packetNotChecked,
  unboundedOffset,
  registerNotSet,
  wrongReturn,
  helperNotHere,
  contextField,
  endlessLoop,
  deepStack,
  licence,
];

export function diagnose(c: Case): Diagnosis {
  for (const pattern of PATTERNS) {
    const diagnosis = pattern(c);
    if (diagnosis !== undefined) return diagnosis;
  }
  return {};
}
