import { expect, test } from 'vitest';
import type { Session } from '../../../src/verifier/explore/session.js';
import { plainProgramOf } from '../fuzz/programs.js';
import { Recorder } from './recorder.js';
import { checkSoundness, type Verdict } from './soundness.js';

/** Verdicts on random programs that are accepted. */
function verdicts(first: number, count: number, recorder?: () => Recorder): Verdict[] {
  return Array.from({ length: count }, (_, index) => {
    const seed = first + index;
    return checkSoundness(plainProgramOf(seed), seed, recorder?.());
  }).filter(({ outcome }) => outcome !== 'rejected');
}

const findings = (all: readonly Verdict[]) =>
  all.filter(({ outcome }) => typeof outcome === 'object').map(({ outcome }) => outcome);

test('what an accepted program holds is what the verifier believed it to hold', () => {
  const all = verdicts(700_000, 200);
  expect(findings(all)).toEqual([]);
  expect(all.reduce((sum, { steps }) => sum + steps, 0)).toBeGreaterThan(2000);
});

/** A verifier with a fault: what it does to the state before an instruction. */
function faulty(spoil: (s: Session, reg: number) => void): () => Recorder {
  class Faulty extends Recorder {
    override step(s: Session): void {
      for (let index = 0; index < 10; index++) spoil(s, s.reg(index));
      super.step(s);
    }
  }
  return () => new Faulty();
}

const JLE = 0xb0;
const JSGE = 0x70;

test.each([
  ['unsigned ranges that are too narrow', (s: Session, reg: number) => narrow(s, reg, JLE, 0x7fff)],
  ['signed ranges that are too narrow', (s: Session, reg: number) => narrow(s, reg, JSGE, 0)],
  ['known bits that are not known', (s: Session, reg: number) => clearLowestBit(s, reg)],
  ['links between scalars that differ', (s: Session, reg: number) => link(s, reg)],
] as const)('%s are found out', (_fault, spoil) => {
  expect(findings(verdicts(700_000, 40, faulty(spoil))).length).toBeGreaterThan(0);
});

function narrow(s: Session, reg: number, op: number, limit: number): void {
  if (s.memory.isScalar(reg) && !s.memory.isConst(reg)) s.ops.refineImm(op, 64, 1, reg, limit);
}

function clearLowestBit(s: Session, reg: number): void {
  if (s.memory.isScalar(reg) && !s.memory.isConst(reg)) s.ops.aluImm(0x50, 64, reg, -2);
}

function link(s: Session, reg: number): void {
  if (s.memory.isScalar(reg) && !s.memory.isConst(reg)) s.memory.setId(reg, 0x1000);
}
