import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALU_OPS, BRANCH_OPS } from '../../isa/index.js';
import type { RegAddr } from './domain.js';
import { StateMemory } from './state-memory.js';

/*
 * Soundness by sampling: an abstract value is made from concrete ones, so membership is known by construction; after an
 * operation the concrete results must be members of the abstract result.
 */

const memory = new StateMemory();
const { ops } = memory;
const MASK64 = (1n << 64n) - 1n;
const u64 = (value: bigint) => BigInt.asUintN(64, value);
const s64 = (value: bigint) => BigInt.asIntN(64, value);
const u32 = (value: bigint) => BigInt.asUintN(32, value);
const s32 = (value: bigint) => BigInt.asIntN(32, value);
const RUNS = { numRuns: 120, seed: 618 };

/** Values near the places where carries, signs and halves change. */
const edge = fc.constantFrom(
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 63n,
  MASK64,
);
const value = fc.oneof(
  fc.bigInt({ min: 0n, max: MASK64 }),
  fc.tuple(edge, fc.bigInt({ min: -4n, max: 4n })).map(([base, delta]) => u64(base + delta)),
  fc.bigInt({ min: 0n, max: 64n }),
);
/** The concrete values that an abstract one must contain. */
const values = fc.array(value, { minLength: 1, maxLength: 4 });

function contains(reg: RegAddr, concrete: bigint): boolean {
  const low = u32(concrete);
  const signedLow = s32(concrete);
  return (
    (u64(concrete) & ~memory.tnumMask(reg) & MASK64) === memory.tnumValue(reg) &&
    concrete >= memory.umin(reg) &&
    concrete <= memory.umax(reg) &&
    s64(concrete) >= memory.smin(reg) &&
    s64(concrete) <= memory.smax(reg) &&
    low >= BigInt(memory.umin32(reg)) &&
    low <= BigInt(memory.umax32(reg)) &&
    signedLow >= BigInt(memory.smin32(reg)) &&
    signedLow <= BigInt(memory.smax32(reg))
  );
}

/**
 * A scalar that contains all of these values and few more: unknown, narrowed by comparisons that all of them pass.
 * Narrowing by `refine` tests it at the same time.
 */
function scalarOf(concrete: readonly bigint[]): RegAddr {
  const reg = ops.newReg();
  ops.markUnknown(reg);
  const bound = ops.newReg();
  const narrow = (code: number, limit: bigint) => {
    ops.markKnown(bound, limit);
    ops.refine(code, 64, 1, reg, bound);
  };
  const sorted = [...concrete].sort((a, b) => (a < b ? -1 : 1));
  const signed = [...concrete].sort((a, b) => (s64(a) < s64(b) ? -1 : 1));
  narrow(codeOf('jge'), sorted[0] as bigint);
  narrow(codeOf('jle'), sorted.at(-1) as bigint);
  narrow(codeOf('jsge'), signed[0] as bigint);
  narrow(codeOf('jsle'), signed.at(-1) as bigint);
  const zeros = concrete.reduce((all, one) => all & ~one, MASK64);
  ops.markKnown(bound, zeros);
  ops.refine(codeOf('jset'), 64, 0, reg, bound);
  ops.freeReg(bound);
  for (const one of concrete) expect(contains(reg, one), `refined away ${one}`).toBe(true);
  return reg;
}

function codeOf(name: string): number {
  return BRANCH_OPS.find((row) => row.name === name)?.code as number;
}

/** RFC 9669's arithmetic on concrete values. */
function evaluate(name: string, width: number, a: bigint, b: bigint): bigint {
  const cut = width === 64 ? u64 : u32;
  const signed = width === 64 ? s64 : s32;
  const [x, y] = [cut(a), cut(b)];
  const shift = y & BigInt(width - 1);
  const signedDivide = () => (signed(y) === 0n ? 0n : signed(x) / signed(y));
  const results: Record<string, () => bigint> = {
    add: () => x + y,
    sub: () => x - y,
    mul: () => x * y,
    div: () => (y === 0n ? 0n : x / y),
    sdiv: signedDivide,
    or: () => x | y,
    and: () => x & y,
    lsh: () => x << shift,
    rsh: () => x >> shift,
    mod: () => (y === 0n ? x : x % y),
    smod: () => (signed(y) === 0n ? x : signed(x) % signed(y)),
    xor: () => x ^ y,
    mov: () => y,
    arsh: () => signed(x) >> shift,
  };
  return cut((results[name] as () => bigint)());
}

describe('arithmetic', () => {
  for (const row of ALU_OPS.filter(({ name }) => name !== 'mov')) {
    for (const width of [32, 64]) {
      test(`${row.name}${width} loses no result`, () => {
        fc.assert(
          fc.property(values, values, (left, right) => {
            const [dst, src] = [scalarOf(left), scalarOf(right)];
            ops.aluScalar(row.code | (row.off << 8), width, dst, src);
            for (const a of left) {
              for (const b of right) expect(contains(dst, evaluate(row.name, width, a, b))).toBe(true);
            }
            ops.freeReg(dst);
            ops.freeReg(src);
          }),
          RUNS,
        );
      });
    }
  }

  const unary: [string, (reg: RegAddr) => void, (a: bigint) => bigint][] = [
    ['neg64', (reg) => ops.negate(64, reg), (a) => u64(-a)],
    ['neg32', (reg) => ops.negate(32, reg), (a) => u32(-a)],
    ['zero extension', (reg) => ops.moveWord(reg, reg), u32],
    ...[1, 2, 4].map((size): [string, (reg: RegAddr) => void, (a: bigint) => bigint] => [
      `truncation to ${size}`,
      (reg) => ops.truncateTo(reg, size),
      (a) => BigInt.asUintN(size * 8, a),
    ]),
    ...[1, 2, 4].map((size): [string, (reg: RegAddr) => void, (a: bigint) => bigint] => [
      `sign extension of ${size} to 64`,
      (reg) => ops.moveSigned(64, size, reg, reg),
      (a) => u64(BigInt.asIntN(size * 8, a)),
    ]),
    ...[1, 2].map((size): [string, (reg: RegAddr) => void, (a: bigint) => bigint] => [
      `sign extension of ${size} to 32`,
      (reg) => ops.moveSigned(32, size, reg, reg),
      (a) => u32(BigInt.asIntN(size * 8, a)),
    ]),
    ...[16, 32, 64].map((width): [string, (reg: RegAddr) => void, (a: bigint) => bigint] => [
      `swap of ${width}`,
      (reg) => ops.swapBytes(2, width, reg),
      (a) => swap(a, width),
    ]),
  ];
  for (const [name, apply, concrete] of unary) {
    test(`${name} loses no result`, () => {
      fc.assert(
        fc.property(values, (inputs) => {
          const reg = scalarOf(inputs);
          apply(reg);
          for (const a of inputs) expect(contains(reg, concrete(a))).toBe(true);
          ops.freeReg(reg);
        }),
        RUNS,
      );
    });
  }
});

function swap(a: bigint, width: number): bigint {
  let result = 0n;
  for (let bit = 0; bit < width; bit += 8) result = (result << 8n) | ((a >> BigInt(bit)) & 0xffn);
  return result;
}

function holds(name: string, width: number, a: bigint, b: bigint): boolean {
  const [x, y] = width === 64 ? [u64(a), u64(b)] : [u32(a), u32(b)];
  const [sx, sy] = width === 64 ? [s64(a), s64(b)] : [s32(a), s32(b)];
  const results: Record<string, boolean> = {
    jeq: x === y,
    jne: x !== y,
    jgt: x > y,
    jge: x >= y,
    jlt: x < y,
    jle: x <= y,
    jset: (x & y) !== 0n,
    jsgt: sx > sy,
    jsge: sx >= sy,
    jslt: sx < sy,
    jsle: sx <= sy,
  };
  return results[name] as boolean;
}

describe('branches', () => {
  for (const row of BRANCH_OPS) {
    for (const width of [32, 64]) {
      test(`${row.name}${width} decides only what always holds, and refinement loses no value`, () => {
        fc.assert(
          fc.property(values, values, (left, right) => {
            const [a, b] = [scalarOf(left), scalarOf(right)];
            const decided = ops.branchTaken(row.code, width, a, b);
            const pairs = left.flatMap((x) => right.map((y) => [x, y] as const));
            if (decided !== -1) {
              for (const [x, y] of pairs) expect(holds(row.name, width, x, y)).toBe(decided === 1);
            }
            for (const outcome of [true, false]) {
              const members = pairs.filter(([x, y]) => holds(row.name, width, x, y) === outcome);
              if (members.length === 0) continue;
              const [ra, rb] = [ops.newReg(), ops.newReg()];
              ops.copyReg(ra, a);
              ops.copyReg(rb, b);
              expect(ops.refine(row.code, width, outcome, ra, rb)).toBe(1);
              for (const [x, y] of members) expect(contains(ra, x) && contains(rb, y)).toBe(true);
              ops.freeReg(ra);
              ops.freeReg(rb);
            }
            ops.freeReg(a);
            ops.freeReg(b);
          }),
          RUNS,
        );
      });
    }
  }
});

describe('comparison', () => {
  test('a scalar covers another only when it contains every value of it', () => {
    fc.assert(
      fc.property(values, values, (wide, narrow) => {
        const [old, cur] = [scalarOf(wide), scalarOf(narrow)];
        if (ops.isSubset(old, cur) === 1) {
          for (const one of narrow) expect(contains(old, one)).toBe(true);
        }
        const both = scalarOf([...wide, ...narrow]);
        expect(ops.isSubset(both, both)).toBe(1);
        for (const reg of [old, cur, both]) ops.freeReg(reg);
      }),
      RUNS,
    );
  });
});
