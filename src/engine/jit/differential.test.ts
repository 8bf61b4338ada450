import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DATA_BYTES, randomProgram } from '../../../test/support/random-program.js';
import { expectSameOutcome, runInterpreter, runJit } from '../../../test/support/same-outcome.js';
import type { HelperBinding } from '../abi.js';

const helpers: Record<number, HelperBinding> = { 1: { kind: 'host', name: 'mix', args: 3 } };
const host = {
  mix: (a: bigint, b: bigint, c: bigint) => BigInt.asUintN(64, (a ^ (b << 7n)) * 0x9e3779b1n + c),
};
const bytes = fc.uint8Array({ minLength: DATA_BYTES, maxLength: DATA_BYTES });
const RUNS = Number(process.env['SKEP_FUZZ_RUNS'] ?? 300);
const seed = Number(process.env['SKEP_FUZZ_SEED'] ?? 20261122);

describe(`random programs (seed ${seed}) end alike in compiled code and in the interpreter`, () => {
  test.each([
    ['with pointers into the frame going about', {}],
    ['with a frame that can live in locals', { tidy: true }],
    ['with many blocks and jumps between them', { tidy: true, blocks: 40 }],
  ])('when a verifier would accept them, %s', (_, options) => {
    fc.assert(
      fc.property(randomProgram(options), bytes, (insns, data) => {
        const outcome = expectSameOutcome({ insns, data, helpers, host, sandbox: false, budget: 10_000_000 });
        expect(outcome.error).toBeUndefined();
      }),
      { numRuns: RUNS, seed },
    );
  });

  test('and have executed every instruction and taken every jump as often', () => {
    fc.assert(
      fc.property(randomProgram({ tidy: true, blocks: 20 }), bytes, (insns, data) => {
        const scenario = { insns, data, helpers, host, sandbox: false, budget: 10_000_000, count: true };
        const { counts = [] } = expectSameOutcome(scenario);
        expect(counts[0]).toBeGreaterThan(0n);
      }),
      { numRuns: RUNS, seed },
    );
  });

  test('when nobody verified them: bad addresses and used-up budgets stop both', () => {
    fc.assert(
      fc.property(randomProgram({ checked: true }), bytes, fc.nat(3000), (insns, data, budget) => {
        const scenario = { insns, data, helpers, host, budget };
        const [expected, actual] = [runInterpreter(scenario), runJit(scenario)];
        // Compiled code pays for a whole block before it runs it.
        if (actual.error === 'EXEC_BUDGET') expect(expected.error).toBeDefined();
        else expect(actual).toEqual(expected);
      }),
      { numRuns: RUNS, seed },
    );
  });
});
