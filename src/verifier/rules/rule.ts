import type { InsnIndex } from '../../isa/index.js';
import type { StructOpsMember } from '../../object/spec.js';
import type { Capability } from '../privileges.js';
import type { Rejection } from '../verify.js';

/** A program that shows a rule: pseudo-C assembly, the hook it is for, the maps it names by index. */
export interface RuleExample {
  /** bpftool's word; default `socket_filter`. */
  readonly hook?: string;
  readonly attachType?: string;
  /** What a program of a BTF-typed hook is for: `sched_switch`. */
  readonly target?: string;
  /** The member of a kernel struct that it implements. */
  readonly structOps?: StructOpsMember;
  /** Loaded as a program that may sleep. */
  readonly sleepable?: boolean;
  /** `hash` 4 -> 8 bytes is map 0, `array` 4 -> 16 bytes map 1, a read-only `array` map 2. */
  readonly source: string;
  /** Of who loads it; default: all. */
  readonly capabilities?: readonly Capability[];
  /** Default `GPL`. */
  readonly license?: string;
}

/** One reason for which the verifier rejects. `F` is what a rejection by it carries. */
export interface Rule<F extends object> {
  /** Stable; the name of the rule's file. */
  readonly id: string;
  readonly errno: Rejection['errno'];
  /** Linux's words, without the final newline. */
  readonly message: (facts: F) => string;
  /** Why the rule exists, for a person. */
  readonly explanation: string;
  /** What makes such a program pass. */
  readonly hint: string;
  /** Why no program can show the rule; the examples are then none. */
  readonly withoutExample?: string;
  readonly fails: RuleExample;
  readonly passes: RuleExample;
}

/** A rejection on its way up to `verify`; never leaves the verifier. */
export class Refusal extends Error {
  readonly rule: string;
  readonly insn: InsnIndex;
  readonly errno: Rejection['errno'];
  readonly facts: Readonly<Record<string, unknown>>;
  readonly hint: string;

  constructor(rule: Omit<Rule<never>, 'message'>, insn: InsnIndex, message: string, facts: object) {
    super(message);
    this.rule = rule.id;
    this.insn = insn;
    this.errno = rule.errno;
    this.facts = facts as Readonly<Record<string, unknown>>;
    this.hint = rule.hint;
  }
}

/**
 * Rejects the program.
 *
 * @throws {Refusal} always.
 */
export function refuse<F extends object>(
  rule: Rule<F>,
  insn: InsnIndex,
  facts: F,
  errno = rule.errno,
): never {
  throw new Refusal({ ...rule, errno }, insn, rule.message(facts), facts);
}
