import { formatInsn } from '../../isa/disasm/index.js';
import { type Operation, operationAt } from '../../isa/index.js';
import type { StateNames } from '../log/state-text.js';
import { TYPE_BASE_MASK, TYPE_NOT_INIT, TYPE_SCALAR } from '../state/layout.js';
import type { VerifierProgram } from '../verify.js';
import { describeOrigin } from './origin.js';
import type { Change, Finish, Step, Trace } from './trace.js';
import { inspect, type Value } from './value.js';

/** Entries of one register's history at most: the newest. */
const MAX_ENTRIES = 24;

/** How one instruction made a value what it was afterwards. */
export interface HistoryEntry {
  /** Index in the trace's steps. */
  readonly step: number;
  readonly insn: number;
  /** The register that held the value then, `r3`, or the stack slot, `fp-8`. */
  readonly holder: string;
  readonly kind:
    | 'moved'
    | 'computed'
    | 'loaded'
    | 'spilled'
    | 'filled'
    | 'called'
    | 'cleared'
    | 'passed'
    | 'learnt'
    | 'lost'
    | 'constant';
  /** In words: `copied from r1`, `result of bpf_map_lookup_elem`. */
  readonly text: string;
  readonly value: Value;
  readonly before: Value | undefined;
}

/** What histories are told from. */
export interface Told {
  readonly program: VerifierProgram;
  readonly trace: Trace;
  readonly finish: Finish;
  readonly names: StateNames;
  readonly helperName: (id: number) => string;
}

interface Place {
  readonly frame: number;
  /** A register, or with `slot` a stack slot. */
  readonly reg: number;
  readonly slot?: number;
}

/** What a register held when the step began, as the last change before it left it. */
export function valueBefore(told: Told, step: number, frame: number, reg: number): Value | undefined {
  for (let index = step - 1; index >= 0; index--) {
    const change = changeOf(told.trace.steps[index] as Step, frame, reg);
    if (change !== undefined) return change.after;
  }
  for (const each of told.trace.steps) {
    const change = changeOf(each, frame, reg);
    if (change !== undefined) return change.before;
  }
  return told.finish.regs[frame]?.[reg];
}

export function changeOf(step: Step, frame: number, reg: number): Change | undefined {
  return step.changes.find((change) => change.frame === frame && change.reg === reg);
}

export function operationOf(told: Told, insn: number): Operation | undefined {
  const operation = operationAt(told.program.insns, insn);
  return operation.kind === 'invalid' ? undefined : operation;
}

/** The instruction as the verifier's log writes it. */
export function insnText(told: Pick<Told, 'program' | 'helperName'>, insn: number): string {
  return formatInsn(told.program.insns, insn, {
    style: 'verifier',
    helperName: told.helperName,
    kfuncName: (id) => {
      const func = told.program.kernelBtf?.types.at(id);
      return func?.kind === 'func' ? func.name : undefined;
    },
  });
}

/**
 * How a register came to hold what it held before step `end`, the origin first.
 *
 * @param end index into the trace's steps; the register is looked at as that step found it.
 */
export function historyOf(told: Told, end: number, frame: number, reg: number): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  let place: Place | undefined = { frame, reg };
  for (let index = end - 1; index >= 0 && place !== undefined && entries.length < MAX_ENTRIES; index--) {
    const step = told.trace.steps[index] as Step;
    place =
      place.slot === undefined
        ? backOverRegister(told, index, step, place, entries)
        : backOverSlot(told, index, step, place, entries);
  }
  return entries.reverse();
}

function backOverRegister(
  told: Told,
  index: number,
  step: Step,
  place: Place,
  entries: HistoryEntry[],
): Place | undefined {
  const operation = operationOf(told, step.insn);
  // A frame's first registers came from its caller.
  if (operation?.kind === 'call_local' && step.frame === place.frame - 1) {
    if (place.reg < 1 || place.reg > 5) return undefined;
    const value = valueBefore(told, index, step.frame, place.reg);
    if (value !== undefined)
      add(entries, index, step, place, 'passed', 'passed by the caller', value, undefined);
    return { frame: step.frame, reg: place.reg };
  }
  const change = changeOf(step, place.frame, place.reg);
  if (change === undefined || operation === undefined) return place;
  const origin = describeOrigin(told, index, step, operation, change);
  add(entries, index, step, place, origin.kind, origin.text, change.after, change.before);
  if (origin.from === undefined) return undefined;
  return { frame: origin.frame ?? place.frame, ...origin.from };
}

function backOverSlot(
  told: Told,
  index: number,
  step: Step,
  place: Place,
  entries: HistoryEntry[],
): Place | undefined {
  const operation = operationOf(told, step.insn);
  const touches = step.slots.some(({ frame, slot }) => frame === place.frame && slot === place.slot);
  if (operation?.kind !== 'store' || !touches) return place;
  if (operation.src.kind === 'imm') return undefined;
  const value = valueBefore(told, index, step.frame, operation.src.reg);
  if (value !== undefined)
    add(entries, index, step, place, 'spilled', `stored from r${operation.src.reg}`, value, undefined);
  return { frame: step.frame, reg: operation.src.reg };
}

function add(
  entries: HistoryEntry[],
  step: number,
  { insn }: Step,
  place: Place,
  kind: HistoryEntry['kind'],
  text: string,
  value: Value,
  before: Value | undefined,
): void {
  const holder = place.slot === undefined ? `r${place.reg}` : `fp-${(place.slot + 1) * 8}`;
  entries.push({ step, insn, holder, kind, text, value, before });
}

/** The value's base type, `TYPE_*` without flags. */
export function baseTypeOf(value: Value): number {
  return inspect(value, (memory, reg) => memory.type(reg) & TYPE_BASE_MASK);
}

export function isPointer(value: Value): boolean {
  const type = baseTypeOf(value);
  return type !== TYPE_NOT_INIT && type !== TYPE_SCALAR;
}
