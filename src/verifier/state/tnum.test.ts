import { describe, expect, test } from 'vitest';
import type { RegAddr } from './domain.js';
import { StateMemory } from './state-memory.js';

/*
 * Exhaustive over all tnums of three bits, at places where carries cross byte, half and word borders: sound for every
 * operation, and exact where the published algorithms are exact.
 */

const memory = new StateMemory();
const { ops } = memory;
const [JSET, JEQ] = [0x40, 0x10];
const BITS = 3;
const ALL = (1n << 64n) - 1n;

interface Tnum {
  readonly value: bigint;
  readonly mask: bigint;
}

const SMALL: readonly Tnum[] = Array.from({ length: 1 << BITS }, (_, mask) =>
  Array.from({ length: 1 << BITS }, (_, value) => ({ value: BigInt(value), mask: BigInt(mask) })),
)
  .flat()
  .filter(({ value, mask }) => (value & mask) === 0n);

/** Members of a small tnum. */
function members({ value, mask }: Tnum): bigint[] {
  return Array.from({ length: 1 << BITS }, (_, n) => BigInt(n)).filter((n) => (n & ~mask) === value);
}

/** A register with exactly these known bits: refined from an unknown one, bit by bit. */
function register({ value, mask }: Tnum): RegAddr {
  const [reg, operand] = [ops.newReg(), ops.newReg()];
  ops.markUnknown(reg);
  ops.markKnown(operand, ALL & ~(value | mask));
  ops.refine(JSET, 64, 0, reg, operand);
  for (let bit = 1n; bit <= value; bit <<= 1n) {
    if ((value & bit) === 0n) continue;
    ops.markKnown(operand, bit);
    ops.refine(JSET, 64, 1, reg, operand);
  }
  ops.freeReg(operand);
  expect([memory.tnumValue(reg), memory.tnumMask(reg)]).toEqual([value, mask]);
  return reg;
}

/** The smallest tnum that contains all of these. */
function join(values: readonly bigint[]): Tnum {
  const first = values[0] as bigint;
  const mask = values.reduce((bits, value) => bits | (value ^ first), 0n);
  return { value: first & ~mask, mask };
}

const OPERATIONS = [
  { name: 'add', code: 0x00, exact: true, run: (a: bigint, b: bigint) => a + b },
  { name: 'sub', code: 0x10, exact: true, run: (a: bigint, b: bigint) => a - b },
  { name: 'mul', code: 0x20, exact: false, run: (a: bigint, b: bigint) => a * b },
  { name: 'or', code: 0x40, exact: true, run: (a: bigint, b: bigint) => a | b },
  { name: 'and', code: 0x50, exact: true, run: (a: bigint, b: bigint) => a & b },
  { name: 'xor', code: 0xa0, exact: true, run: (a: bigint, b: bigint) => a ^ b },
] as const;

describe('all tnums of three bits', () => {
  for (const shift of [0n, 7n, 30n, 61n]) {
    for (const { name, code, exact, run } of OPERATIONS) {
      test(`${name} at bit ${shift} is sound${exact ? ' and exact' : ''}`, () => {
        for (const left of SMALL) {
          for (const right of SMALL) {
            const [a, b] = [left, right].map((tnum) =>
              register({ value: tnum.value << shift, mask: tnum.mask << shift }),
            ) as [RegAddr, RegAddr];
            ops.aluScalar(code, 64, a, b);
            const results = members(left).flatMap((x) =>
              members(right).map((y) => BigInt.asUintN(64, run(x << shift, y << shift))),
            );
            const known: Tnum = { value: memory.tnumValue(a), mask: memory.tnumMask(a) };
            const lost = results.filter((result) => (result & ~known.mask & ALL) !== known.value);
            const wrong = exact && JSON.stringify(known, text) !== JSON.stringify(join(results), text);
            if (lost.length > 0 || wrong) expect({ left, right, known, lost }).toBe('sound and exact');
            ops.freeReg(a);
            ops.freeReg(b);
          }
        }
      });
    }
  }

  test('equality is excluded exactly when no value is in both', () => {
    for (const left of SMALL) {
      for (const right of SMALL) {
        const [a, b] = [register(left), register(right)];
        const common = members(left).filter((value) => members(right).includes(value));
        expect(ops.branchTaken(JEQ, 64, a, b) === 0).toBe(common.length === 0);
        if (common.length > 0 && ops.branchTaken(JEQ, 64, a, b) === -1) {
          ops.refine(JEQ, 64, 1, a, b);
          const both = join(common);
          expect([memory.tnumValue(a), memory.tnumMask(a)]).toEqual([both.value, both.mask]);
        }
        ops.freeReg(a);
        ops.freeReg(b);
      }
    }
  });
});

function text(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString(16) : value;
}
