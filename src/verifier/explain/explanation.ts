import type { Edit } from './patterns/pattern.js';
import type { ProfileRow } from './profile.js';

/** Version of the JSON form. Fields may be added within one version; none change their meaning or go. */
export const EXPLANATION_SCHEMA = 1;

/** An instruction and the C line that it came from. */
export interface CodePlace {
  readonly insn: number;
  /** The instruction in the words of the log. */
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  /** The C line. */
  readonly source?: string;
}

/** What a register or stack slot held: in words, and as Linux's log writes it. */
export interface HeldValue {
  /** `r1`, `fp-8`. */
  readonly holder: string;
  readonly value: string;
  readonly linux: string;
}

/** One instruction that made a value what it was. */
export interface HistoryLine extends CodePlace, HeldValue {
  readonly kind: string;
  /** `result of bpf_map_lookup_elem`, `copied from r0`. */
  readonly event: string;
}

/** Why a program was rejected, as data. Docs: docs/explanation-schema.md */
export interface Explanation {
  readonly schema: typeof EXPLANATION_SCHEMA;
  readonly program: string;
  readonly rule: string;
  /** The rule's page. */
  readonly docs: string;
  readonly errno: string;
  /** Linux's message. */
  readonly message: string;
  /** Why the rule exists. */
  readonly why: string;
  readonly at: CodePlace;
  /** The registers that the rejection speaks of, as the instruction found them. */
  readonly held: readonly HeldValue[];
  /** For each of them, from its origin on. */
  readonly histories: readonly { readonly of: string; readonly lines: readonly HistoryLine[] }[];
  /** Where the fact that was needed got lost. */
  readonly lost?: { readonly text: string; readonly at?: CodePlace };
  /** For programs that are too complex: the lines that cost most. */
  readonly cost?: readonly ProfileRow[];
  /** What makes the program pass. */
  readonly fix: { readonly text: string; readonly edit?: Edit };
}
