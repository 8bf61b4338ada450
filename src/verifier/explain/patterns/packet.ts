import { TYPE_BASE_MASK, TYPE_PACKET, TYPE_PACKET_END } from '../../state/layout.js';
import { valueBefore } from '../history.js';
import { inspect, type Value } from '../value.js';
import {
  type Case,
  type Diagnosis,
  type Edit,
  followedName,
  guard,
  heldBy,
  operationAtStep,
  placeWords,
  sourceOf,
  subjectOf,
} from './pattern.js';

interface Comparison {
  readonly insn: number;
  readonly reg: number;
  readonly id: number;
  readonly off: number;
}

const typeOf = (value: Value) => inspect(value, (memory, reg) => memory.type(reg) & TYPE_BASE_MASK);
const idOf = (value: Value) => inspect(value, (memory, reg) => memory.id(reg));

/** Packet bytes are used that no comparison with data_end has proved to be there. */
export function packetNotChecked(c: Case): Diagnosis | undefined {
  const reg = subjectOf(c);
  const value = reg === undefined ? undefined : heldBy(c, reg);
  if (c.rejection.rule !== 'packet-bounds' || reg === undefined || value === undefined) return undefined;
  const { off, size } = c.rejection.facts as { off?: number; size?: number };
  if (off === undefined || size === undefined)
    return {
      lost: { text: 'the part that was added to the pointer may be negative' },
      fix: 'use an unsigned type for what is added, or check that it is not negative',
    };
  const need = off + size;
  const edit = guardOf(c, need);
  const fix =
    edit === undefined
      ? `leave the program unless pointer + ${need} <= data_end, before this access`
      : 'compare with data_end before this access';
  return { lost: lostIn(c, value, off, size), fix, ...(edit === undefined ? {} : { edit }) };
}

function lostIn(c: Case, value: Value, off: number, size: number): NonNullable<Diagnosis['lost']> {
  const comparisons = comparisonsBefore(c);
  const own = comparisons.findLast(({ id }) => id === idOf(value));
  const range = inspect(value, (memory, at) => memory.range(at));
  const bytes = `bytes ${off} to ${off + size - 1} behind ${idOf(value) === 0 ? 'data' : 'its base'}`;
  if (own !== undefined && range > 0)
    return {
      text: `${placeWords(c, own.insn)} proves ${range} bytes, and this needs ${bytes}`,
      insn: own.insn,
    };
  if (own !== undefined) {
    const umax = inspect(value, (memory, at) => memory.umaxNumber(at));
    return {
      text:
        umax > 0xffff
          ? `${placeWords(c, own.insn)} proves nothing, since what was added to the pointer may be more than 65535`
          : `on this path the comparison at ${placeWords(c, own.insn)} says that the pointer lies behind data_end`,
      insn: own.insn,
    };
  }
  const other = comparisons.at(-1);
  if (other === undefined)
    return { text: 'no pointer into the packet is compared with data_end on this path' };
  return {
    text: `${placeWords(c, other.insn)} compares r${other.reg}, a pointer whose variable part is another one, so that it says nothing of this pointer`,
    insn: other.insn,
  };
}

function comparisonsBefore(c: Case): Comparison[] {
  const found: Comparison[] = [];
  c.told.trace.steps.forEach(({ insn, frame }, step) => {
    const operation = operationAtStep(c, step);
    if (step >= c.end || operation?.kind !== 'branch' || operation.src.kind !== 'reg') return;
    const [a, b] = [operation.dst, operation.src.reg].map((reg) => ({
      reg,
      value: valueBefore(c.told, step, frame, reg),
    }));
    for (const [one, other] of [
      [a, b],
      [b, a],
    ]) {
      if (one?.value === undefined || other?.value === undefined) continue;
      if (typeOf(one.value) !== TYPE_PACKET || typeOf(other.value) !== TYPE_PACKET_END) continue;
      const off = inspect(one.value, (memory, reg) => memory.off(reg));
      found.push({ insn, reg: one.reg, id: idOf(one.value), off });
    }
  });
  return found;
}

function guardOf(c: Case, need: number): Edit | undefined {
  const line = sourceOf(c, c.rejection.insn);
  if (line === undefined || line.text === '') return undefined;
  const name = followedName(line);
  const bound = name === undefined || name === 'data' ? `data + ${need}` : `(void *)(${name} + 1)`;
  return guard(c, line, 'insert_before', `${bound} > ${endName(c)}`);
}

/** What the source calls data_end; the context's own field where it has no name for it. */
function endName(c: Case): string {
  const texts = c.told.program.lines.map(({ text }) => text);
  const named = texts.map((text) => /(\w+)\s*=[^=].*->\s*data_end\b/.exec(text)?.[1]).find(Boolean);
  if (named !== undefined) return named;
  const context = texts.map((text) => /(\w+)\s*->\s*data\b/.exec(text)?.[1]).find(Boolean);
  return context === undefined ? 'data_end' : `(void *)(long)${context}->data_end`;
}
