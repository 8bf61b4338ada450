import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DATA_BYTES, randomProgram } from '../../test/support/random-program.js';
import type { Executable } from '../engine/abi.js';
import { Machine } from '../engine/interp/index.js';
import { UndoLog } from './undo.js';

const seed = Number(process.env['SKEP_FUZZ_SEED'] ?? 20261125);
const numRuns = Number(process.env['SKEP_FUZZ_RUNS'] ?? 30);
const DATA = 0x10000;
const STACK_TOP = 0x20000;
const COUNTER = 0x18000;
/** Steps of a program that are looked at. */
const STEPS = 300;

test(`random programs go forward and back through the same states (seed ${seed})`, () => {
  const memory = new WebAssembly.Memory({ initial: 2 });
  const bytes = (): Uint8Array => new Uint8Array(memory.buffer);
  const host = {
    // A helper that writes memory by itself.
    mix: (a = 0n, b = 0n, c = 0n) => {
      const view = new DataView(memory.buffer);
      view.setBigUint64(COUNTER, view.getBigUint64(COUNTER, true) + 1n, true);
      return BigInt.asUintN(64, (a ^ (b << 7n)) * 0x9e3779b1n + c);
    },
  };
  const property = fc.property(
    randomProgram({ tidy: true }),
    fc.uint8Array({ minLength: DATA_BYTES, maxLength: DATA_BYTES }),
    (insns, data) => {
      bytes().fill(0);
      bytes().set(data, DATA);
      const executable: Executable = {
        insns,
        functions: [0],
        maps: [],
        helper: (id) => (id === 1 ? { kind: 'host', name: 'mix', args: 3 } : undefined),
        facts: undefined,
        sandbox: false,
      };
      const options = { memory, r1: BigInt(DATA), stackTop: STACK_TOP, budget: 10_000, host };
      const log = new UndoLog(memory, (onWrite) => new Machine(executable, { ...options, onWrite }));
      const { machine } = log;
      // A sum of the memory stands for it; all of it is compared at the ends.
      const state = (): string => `${machine.pc} ${machine.registers.join()} ${sum(bytes())}`;
      const start = bytes().slice();
      const states = [state()];
      while (!machine.done && states.length < STEPS) {
        log.forward();
        states.push(state());
      }
      const end = bytes().slice();
      const walkBack = (): void => {
        for (const expected of states.slice(0, -1).toReversed()) {
          log.back();
          if (state() !== expected) expect(state()).toBe(expected);
        }
      };
      walkBack();
      expect(same(bytes(), start)).toBe(true);
      for (let nth = 1; nth < states.length; nth++) log.forward();
      expect(same(bytes(), end)).toBe(true);
      expect(state()).toBe(states.at(-1));
    },
  );
  fc.assert(property, { numRuns, seed });
});

function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Only where programs write: data, counter and stack. */
function sum(bytes: Uint8Array): number {
  let hash = 0;
  for (const [from, to] of [
    [DATA, DATA + DATA_BYTES],
    [COUNTER, COUNTER + 8],
    [STACK_TOP - 512, STACK_TOP],
  ] as const)
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] as number)) | 0;
  return hash;
}
