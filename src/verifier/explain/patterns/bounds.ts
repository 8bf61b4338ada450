import type { LineInfo } from '../../../object/spec.js';
import { TYPE_SCALAR } from '../../state/layout.js';
import { type HistoryEntry, historyOf, operationOf, valueBefore } from '../history.js';
import { inspect, type Value } from '../value.js';
import { valueWords } from '../value-words.js';
import {
  type Case,
  type Diagnosis,
  type Edit,
  guard,
  heldBy,
  historyOfSubject,
  operationAtStep,
  placeWords,
  sourceOf,
  subjectOf,
} from './pattern.js';

interface Scalar {
  /** The register as it was before this step. */
  readonly step: number;
  readonly reg: number;
  readonly value: Value;
}

const umaxOf = (value: Value) => inspect(value, (memory, reg) => memory.umaxNumber(reg));
const sminOf = (value: Value) => inspect(value, (memory, reg) => memory.sminNumber(reg));
const isVariable = (value: Value) => inspect(value, (memory, reg) => !memory.isConst(reg));
const isNumber = (value: Value) => inspect(value, (memory, reg) => memory.type(reg) === TYPE_SCALAR);

/** Linux's limit of variable offsets. */
const UNBOUNDED = 1 << 29;
const RULES = new Set(['memory-bounds', 'stack-bounds', 'pointer-offset', 'helper-size']);

/** An offset or size is not bounded, or not enough. */
export function unboundedOffset(c: Case): Diagnosis | undefined {
  const reg = subjectOf(c);
  const value = reg === undefined ? undefined : heldBy(c, reg);
  if (!RULES.has(c.rejection.rule) || reg === undefined || value === undefined) return undefined;
  const scalar = isNumber(value) ? { step: c.end, reg, value } : addedTo(c, reg);
  if (scalar === undefined || !isVariable(scalar.value)) return constantOffset(c, value);
  const history = historyOf(c.told, scalar.step, c.frame, scalar.reg);
  const edit = boundEdit(c, history, scalar);
  return {
    lost: lostBound(c, scalar, history),
    fix: reloaded(c, scalar, history) ?? fixOf(c, scalar.value),
    ...(edit === undefined ? {} : { edit }),
    ...(isNumber(value) ? {} : { alsoOf: [{ step: scalar.step, frame: c.frame, reg: scalar.reg }] }),
  };
}

/** The number that was added to the pointer last. */
function addedTo(c: Case, reg: number): Scalar | undefined {
  const { operation } = c;
  // Pointer arithmetic itself is refused: its operand is what was too much.
  if (c.rejection.rule === 'pointer-offset' && operation?.kind === 'alu' && operation.src.kind === 'reg') {
    const value = heldBy(c, operation.src.reg);
    if (value !== undefined && isNumber(value)) return { step: c.end, reg: operation.src.reg, value };
  }
  for (const entry of historyOfSubject(c, reg).reverse()) {
    const added = operationOf(c.told, entry.insn);
    if (entry.kind !== 'computed' || added?.kind !== 'alu' || added.src.kind !== 'reg') continue;
    for (const candidate of [added.src.reg, added.dst]) {
      const value = valueBefore(c.told, entry.step, c.frame, candidate);
      if (value !== undefined && isNumber(value)) return { step: entry.step, reg: candidate, value };
    }
  }
  return undefined;
}

function constantOffset(c: Case, value: Value): Diagnosis | undefined {
  const { off, size, limit } = c.rejection.facts as { off?: number; size?: number; limit?: number };
  if (off === undefined || size === undefined) return undefined;
  const what = valueWords(value, c.told.names);
  const end = limit === undefined ? '' : `, which has ${limit} bytes`;
  return {
    lost: { text: `this reaches byte ${off + size - 1} of ${what.replace(/^a pointer to /, '')}${end}` },
    fix: 'correct the offset, or make the memory larger',
  };
}

function lostBound(
  c: Case,
  scalar: Scalar,
  history: readonly HistoryEntry[],
): NonNullable<Diagnosis['lost']> {
  const words = valueWords(scalar.value, c.told.names);
  const widened = lossIn(c, history);
  const origin = history.find(({ kind }) => kind === 'loaded' || kind === 'called');
  const twin = origin === undefined ? undefined : checkedTwin(c, scalar, origin);
  if (twin !== undefined)
    return {
      text: `${placeWords(c, twin.insn)} checks r${twin.reg}, loaded from the same place at another moment; r${scalar.reg} was loaded again and may be another number`,
      insn: twin.insn,
    };
  if (widened !== undefined)
    return {
      text: `the bound was lost at ${placeWords(c, widened.insn)} (${widened.text}): r${scalar.reg} is ${words} from there on`,
      insn: widened.insn,
    };
  const learnt = history.findLast(({ kind }) => kind === 'learnt');
  if (learnt === undefined) return { text: `nothing on this path bounds r${scalar.reg}: it is ${words}` };
  const { off, size, limit } = c.rejection.facts as { off?: number; size?: number; limit?: number };
  const reach =
    off === undefined || size === undefined || limit === undefined
      ? 'that is not enough'
      : `${size} bytes at ${off} end at ${off + size}, and there are ${limit}`;
  return {
    text: `${placeWords(c, learnt.insn)} bounds it, and yet r${scalar.reg} may be ${words}: ${reach}`,
    insn: learnt.insn,
  };
}

/** The step that undid a bound. Scaling and adding constants keep one; it is only another. */
function lossIn(c: Case, history: readonly HistoryEntry[]): HistoryEntry | undefined {
  const learnt = history.findIndex(({ kind }) => kind === 'learnt');
  return history.find((entry, index) => {
    const { kind, before, value } = entry;
    if (kind === 'moved' || kind === 'filled' || umaxOf(value) < UNBOUNDED) return false;
    if (kind === 'computed' && operandBounded(c, entry)) return true;
    return (
      learnt >= 0 && index > learnt && before !== undefined && isNumber(before) && umaxOf(before) < UNBOUNDED
    );
  });
}

/** The number was bounded until it was combined with one that is not. */
function operandBounded(c: Case, { step, insn }: HistoryEntry): boolean {
  const operation = operationOf(c.told, insn);
  if (operation?.kind !== 'alu' || operation.src.kind !== 'reg' || operation.op === 'mov') return false;
  const frame = c.told.trace.steps[step]?.frame ?? c.frame;
  const values = [operation.dst, operation.src.reg].map((reg) => valueBefore(c.told, step, frame, reg));
  return (
    values.filter((value) => value !== undefined && isNumber(value) && umaxOf(value) < UNBOUNDED).length === 1
  );
}

/** Another register that holds what was loaded from the same place, and was compared. */
function checkedTwin(
  c: Case,
  scalar: Scalar,
  origin: HistoryEntry,
): { insn: number; reg: number } | undefined {
  if (origin.kind !== 'loaded') return undefined;
  for (let step = scalar.step - 1; step >= 0; step--) {
    const operation = operationAtStep(c, step);
    const { insn, frame } = c.told.trace.steps[step] as { insn: number; frame: number };
    if (operation?.kind !== 'branch' || frame !== c.frame) continue;
    const first = historyOf(c.told, step, frame, operation.dst).find(({ kind }) => kind === 'loaded');
    if (first !== undefined && first.step !== origin.step && first.text === origin.text)
      return { insn, reg: operation.dst };
  }
  return undefined;
}

function reloaded(c: Case, scalar: Scalar, history: readonly HistoryEntry[]): string | undefined {
  const origin = history.find(({ kind }) => kind === 'loaded');
  if (origin === undefined || checkedTwin(c, scalar, origin) === undefined) return undefined;
  return 'load it once into a local variable, compare that and use that; when the compiler still loads twice, put asm volatile("" : "+r"(variable)); after the load';
}

function fixOf(c: Case, value: Value): string {
  const { kind, limit, size } = c.rejection.facts as { kind?: string; limit?: number; size?: number };
  if (c.rejection.rule === 'helper-size' && kind === 'zero')
    return umaxOf(value) < UNBOUNDED
      ? 'leave when the size is 0 before the call: this helper refuses to do nothing'
      : 'leave before the call when the size is 0 or more than the buffer holds';
  if (sminOf(value) < 0 && umaxOf(value) > 2 ** 31)
    return 'make it unsigned and compare it with its highest value before this use';
  if (limit !== undefined && size !== undefined)
    return `bound it, so that offset + ${size} is at most ${limit}, with the very value that is used here`;
  return 'compare it with its highest value before this use, and use the very value that was compared';
}

/** An early return before the line, when the index or size is a variable of it. */
function boundEdit(c: Case, history: readonly HistoryEntry[], scalar: Scalar): Edit | undefined {
  const line = sourceOf(c, c.rejection.insn);
  if (line === undefined || line.text === '') return undefined;
  const { limit } = c.rejection.facts as { limit?: number };
  if (c.rejection.rule === 'helper-size') {
    const name = sizeName(line, history, c);
    if (name === undefined) return undefined;
    return c.rejection.facts['kind'] === 'zero'
      ? guard(
          c,
          line,
          'insert_before',
          umaxOf(scalar.value) < UNBOUNDED
            ? `${name} == 0`
            : `${name} == 0 || ${name} > sizeof(${bufferName(line, name)})`,
        )
      : guard(c, line, 'insert_before', `${name} > sizeof(${bufferName(line, name)})`);
  }
  const index = /([A-Za-z_][\w>.-]*)\[([A-Za-z_]\w*)\]/.exec(line.text);
  if (index === null || limit === undefined || sminOf(scalar.value) < -(2 ** 33)) {
    if (index === null) return undefined;
  }
  return guard(c, line, 'insert_before', `${index[2]} >= sizeof(${index[1]}) / sizeof(${index[1]}[0])`);
}

/** The argument before the size. */
function bufferName({ text }: LineInfo, size: string): string {
  return new RegExp(`[(,]\\s*&?(\\w+)\\s*,\\s*${size}\\b`).exec(text)?.[1] ?? 'buffer';
}

function sizeName(line: LineInfo, history: readonly HistoryEntry[], c: Case): string | undefined {
  for (const { insn } of [...history].reverse()) {
    const text = sourceOf(c, insn)?.text ?? '';
    const name = /(?:^|[\s*(])([A-Za-z_]\w*)\s*=[^=]/.exec(text)?.[1];
    if (name !== undefined && new RegExp(`\\b${name}\\b`).test(line.text)) return name;
  }
  return undefined;
}
