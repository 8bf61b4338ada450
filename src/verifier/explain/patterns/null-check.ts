import { TYPE_SCALAR } from '../../state/layout.js';
import { valueBefore } from '../history.js';
import { inspect, type Value } from '../value.js';
import {
  assignedName,
  type Case,
  type Diagnosis,
  guard,
  heldBy,
  historyOfSubject,
  isMaybeNull,
  operationAtStep,
  placeWords,
  sourceOf,
  subjectOf,
} from './pattern.js';

/** A pointer that may be null is followed, moved or handed to a helper. */
export function missingNullCheck(c: Case): Diagnosis | undefined {
  const reg = subjectOf(c);
  const value = reg === undefined ? undefined : heldBy(c, reg);
  if (reg === undefined || value === undefined || !isMaybeNull(value)) return undefined;
  const origin = historyOfSubject(c, reg).find(({ kind }) => kind === 'called');
  const other = otherCheck(c, value, origin?.step ?? 0);
  const call = origin === undefined ? undefined : sourceOf(c, origin.insn);
  const name = call === undefined ? undefined : assignedName(call.text);
  const lost =
    other === undefined
      ? { text: 'no check for null lies between the call and this use on this path' }
      : {
          text: `the check for null at ${placeWords(c, other.insn)} is of r${other.reg}, another pointer: it says nothing of this one`,
          insn: other.insn,
        };
  const who = name === undefined ? `r${reg}` : `\`${name}\``;
  const fix = `compare ${who} with null before it is used`;
  const use = sourceOf(c, c.rejection.insn);
  if (call === undefined || use === undefined || name === undefined) return { lost, fix };
  const whole = call.text.trimEnd().endsWith(';');
  return {
    lost,
    fix,
    edit: whole ? guard(c, call, 'insert_after', `!${name}`) : guard(c, use, 'insert_before', `!${name}`),
  };
}

function idOf(value: Value): number {
  return inspect(value, (memory, reg) => memory.id(reg));
}

/** A comparison with 0 of another pointer that may be null. */
function otherCheck(c: Case, value: Value, from: number): { insn: number; reg: number } | undefined {
  for (let step = c.end - 1; step >= from; step--) {
    const operation = operationAtStep(c, step);
    if (operation?.kind !== 'branch' || operation.src.kind !== 'imm' || operation.src.imm !== 0) continue;
    const { insn, frame } = c.told.trace.steps[step] as { insn: number; frame: number };
    const compared = valueBefore(c.told, step, frame, operation.dst);
    if (compared !== undefined && isMaybeNull(compared) && idOf(compared) !== idOf(value))
      return { insn, reg: operation.dst };
  }
  return undefined;
}

/** A number is followed as if it were a pointer. */
export function numberFollowed(c: Case): Diagnosis | undefined {
  if (c.rejection.rule !== 'invalid-mem-access') return undefined;
  const reg = subjectOf(c);
  const value = reg === undefined ? undefined : heldBy(c, reg);
  if (reg === undefined || value === undefined) return undefined;
  if (inspect(value, (memory, at) => memory.type(at)) !== TYPE_SCALAR) return undefined;
  const history = historyOfSubject(c, reg);
  const turn = history.findLast(
    ({ before, kind }) => before !== undefined && kind !== 'moved' && !isNumber(before) && kind !== 'filled',
  );
  if (turn?.kind === 'learnt')
    return {
      lost: {
        text: `on this path ${placeWords(c, turn.insn)} has found the pointer to be null, and the program goes on to use it`,
        insn: turn.insn,
      },
      fix: 'leave the function, or skip the use, on the branch where the pointer is null',
    };
  if (turn?.kind === 'lost')
    return {
      lost: { text: turn.text, insn: turn.insn },
      fix: 'read ctx->data and ctx->data_end again after the call, and compare them again',
    };
  if (turn?.kind === 'computed')
    return {
      lost: {
        text: `the pointer became a number at ${placeWords(c, turn.insn)}: ${turn.text}`,
        insn: turn.insn,
      },
      fix: 'add and subtract numbers in 64 bits only; other arithmetic makes a pointer a number',
    };
  const loaded = history.find(({ kind }) => kind === 'loaded');
  if (loaded !== undefined) return loadedNumber(c, reg, loaded.insn);
  const set = history.find(({ kind }) => kind === 'constant');
  return set === undefined
    ? undefined
    : {
        lost: {
          text: `it was never a pointer: ${placeWords(c, set.insn)} sets it to a number`,
          insn: set.insn,
        },
        fix: 'start from a pointer that the kernel gives: the context, the packet, a map value or the stack',
      };
}

function isNumber(value: Value): boolean {
  return inspect(value, (memory, reg) => memory.type(reg) <= TYPE_SCALAR);
}

function loadedNumber(c: Case, reg: number, insn: number): Diagnosis {
  const line = sourceOf(c, c.rejection.insn);
  return {
    lost: {
      text: `${placeWords(c, insn)} loads it from memory as a number: what lies in memory is no pointer to the verifier`,
      insn,
    },
    fix:
      c.told.program.hook.packet === 'none'
        ? `copy what it points to with a helper: bpf_probe_read_kernel(&copy, sizeof(copy), ${line === undefined ? `r${reg}` : 'pointer'}), or bpf_probe_read_user for addresses of a process`
        : 'reach the data through a pointer that the kernel gives, or keep the pointer in a local variable',
  };
}
