import type { Operation } from '../../../isa/index.js';
import type { LineInfo } from '../../../object/spec.js';
import type { Rejection } from '../../verify.js';
import { type HistoryEntry, historyOf, operationOf, type Told, valueBefore } from '../history.js';
import { lineOf } from '../source-line.js';
import { inspect, type Value } from '../value.js';

/** A rejection with the way that led to it: what patterns look at. */
export interface Case {
  readonly told: Told;
  readonly rejection: Rejection;
  /** Index of the refused step. */
  readonly end: number;
  /** The frame of the refused step. */
  readonly frame: number;
  readonly operation: Operation | undefined;
}

/** A change of the source that makes the program pass. */
export interface Edit {
  readonly file: string;
  readonly line: number;
  readonly action: 'insert_before' | 'insert_after' | 'replace';
  readonly code: readonly string[];
}

/** Where the fact that was needed got lost, and what to do about it. */
export interface Diagnosis {
  readonly lost?: { readonly text: string; readonly insn?: number };
  readonly fix?: string;
  readonly edit?: Edit;
  /** More registers whose history matters, as they were before a step. */
  readonly alsoOf?: readonly { readonly step: number; readonly frame: number; readonly reg: number }[];
}

/** Looks at a rejection; undefined when it has nothing to say. */
export type Pattern = (c: Case) => Diagnosis | undefined;

/** The register that the rejection names. */
export function subjectOf({ rejection, operation }: Case): number | undefined {
  const { reg } = rejection.facts;
  if (typeof reg === 'number') return reg;
  if (rejection.rule === 'ctx-access' && operation !== undefined && 'base' in operation)
    return operation.base;
  return undefined;
}

export function historyOfSubject(c: Case, reg: number): HistoryEntry[] {
  return historyOf(c.told, c.end, c.frame, reg);
}

export function heldBy(c: Case, reg: number): Value | undefined {
  return valueBefore(c.told, c.end, c.frame, reg);
}

export function sourceOf(c: Case, insn: number): LineInfo | undefined {
  return lineOf(c.told.program, insn);
}

/** `line 12`, or `instruction 7` without line information. */
export function placeWords(c: Case, insn: number): string {
  const line = sourceOf(c, insn);
  return line === undefined ? `instruction ${insn}` : `line ${line.line}`;
}

export function isMaybeNull(value: Value): boolean {
  return inspect(value, (memory, reg) => memory.hasFlag(reg, 0x100));
}

export function operationAtStep(c: Case, step: number): Operation | undefined {
  return operationOf(c.told, c.told.trace.steps[step]?.insn ?? -1);
}

/** What a program of this type returns to let things pass. */
export function harmlessReturn(c: Case): string {
  switch (c.told.program.hook.name) {
    case 'xdp':
      return 'XDP_PASS';
    case 'sched_cls':
    case 'sched_act':
      return 'TC_ACT_OK';
    default:
      return '0';
  }
}

/** The variable that a C line assigns: `value` in `__u64 *value = bpf_map_lookup_elem(…)`. */
export function assignedName(text: string): string | undefined {
  return /(?:^|[\s*(])([A-Za-z_]\w*)\s*=[^=]/.exec(text)?.[1];
}

/** The variable that is followed in a C line at, or first after, a column: `eth` in `eth->h_proto`. */
export function followedName(line: LineInfo): string | undefined {
  const name = /([A-Za-z_]\w*)\s*(?:->|\[)/;
  const member = /([A-Za-z_]\w*)\s*->\s*$/.exec(line.text.slice(0, Math.max(line.column - 1, 0)));
  if (member !== null) return member[1];
  const around = line.text.slice(0, Math.max(line.column - 1, 0)).match(/[A-Za-z_]\w*$/)?.[0].length ?? 0;
  const rest = line.text.slice(Math.max(line.column - 1 - around, 0));
  return (
    name.exec(rest)?.[1] ??
    /\*\s*([A-Za-z_]\w*)/.exec(rest)?.[1] ??
    name.exec(line.text)?.[1] ??
    /^\s*\*\s*([A-Za-z_]\w*)/.exec(line.text)?.[1]
  );
}

export function indentOf(text: string): string {
  return /^\s*/.exec(text)?.[0] ?? '';
}

/** An early return before or after a line. */
export function guard(c: Case, line: LineInfo, action: Edit['action'], condition: string): Edit {
  const indent = indentOf(line.text);
  const step = indent.startsWith('\t') || indent === '' ? '\t' : '    ';
  return {
    file: line.file,
    line: line.line,
    action,
    code: [`${indent}if (${condition})`, `${indent}${step}return ${harmlessReturn(c)};`],
  };
}
