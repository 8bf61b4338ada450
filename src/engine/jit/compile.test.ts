import { describe, expect, test } from 'vitest';
import { DATA, expectSameOutcome, runJit, STACK_TOP } from '../../../test/support/same-outcome.js';
import { SkepError } from '../../errors/base.js';
import { assemble } from '../../isa/index.js';
import type { Executable, HelperBinding } from '../abi.js';
import { compileToWasm, instantiate } from './index.js';

const trusted = (text: string) => ({ insns: assemble(text), sandbox: false });

function compile(text: string, sandbox: boolean) {
  const executable: Executable = {
    insns: assemble(text),
    functions: [0],
    maps: [],
    helper: () => undefined,
    facts: undefined,
    sandbox,
  };
  return compileToWasm(executable, { sharedMemory: false, maximumPages: 2 });
}

function environment() {
  const i32 = (value: number) => new WebAssembly.Global({ value: 'i32', mutable: true }, value);
  return {
    env: {
      memory: new WebAssembly.Memory({ initial: 2 }),
      table: new WebAssembly.Table({ element: 'anyfunc', initial: 1 }),
      stack_pointer: i32(STACK_TOP),
      trap_code: i32(0),
      cpu_area: i32(DATA),
      budget: new WebAssembly.Global({ value: 'i64', mutable: true }, 1000n),
    },
    runtime: {},
    host: {},
  };
}

function failure(run: () => unknown): SkepError {
  try {
    run();
  } catch (error) {
    if (error instanceof SkepError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('control flow', () => {
  test('a loop with two entries goes through a dispatch block', () => {
    const irreducible = assemble(`
      r0 = 0
      if r1 == 0 goto second
      first: r0 += 1
      if r0 > 20 goto out
      second: r0 += 10
      if r0 < 100 goto first
      out: exit`);
    expect(expectSameOutcome({ insns: irreducible, sandbox: false }).r0).toBe(23n);
  });

  test('code that cannot be reached is left out, even when it has no meaning', () => {
    const insns = [...assemble('r0 = 1\nexit'), { opcode: 0xff, dst: 0, src: 0, off: 0, imm: 0 }];
    expect(runJit({ insns, sandbox: false }).r0).toBe(1n);
  });

  test('a jump back to the first instruction is a loop', () => {
    const insns = assemble('start: r1 += 1\nif r1 < 0x10010 goto start\nr0 = r1\nexit');
    expect(expectSameOutcome({ insns, sandbox: false }).r0).toBe(0x10010n);
  });

  test('may_goto goes on 8388608 times', () => {
    expect(runJit(trusted('r0 = 0\nagain: may_goto out\nr0 += 1\ngoto again\nout: exit')).r0).toBe(8388608n);
  });

  // What grows with the square of the blocks ends at the runner's timeout.
  test('20000 blocks in a row do not overflow the stack', () => {
    const text = Array.from({ length: 20000 }, (_, nth) => `if r1 == ${nth} goto out`).join('\n');
    const long = `r0 = 0\n${text.replaceAll('goto out', 'goto +1\nr0 += 1')}\nexit`;
    expect(runJit(trusted(long)).r0).toBe(20000n);
  });

  test.each([
    ['falls off the end', 'r0 = 1', 1],
    ['jumps out', 'goto +5\nexit', 6],
    ['jumps into a 64-bit immediate', 'goto +1\nr0 = 1 ll\nexit', 2],
  ])('a program that %s is refused', (_, text, insn) => {
    const error = failure(() => compile(text, true));
    expect(error.code).toBe('JIT_BAD_PROGRAM');
    expect(error.facts).toEqual({ insn });
  });
});

describe('traps name the instruction', () => {
  test.each([
    ['EXEC_ADDRESS', 'r0 = 0\nr2 = 0x100000000 ll\nr0 = *(u8 *)(r2 + 0)\nexit', true, 3],
    ['EXEC_ADDRESS', 'r0 = 0\nr2 = 0x1fffc\nr0 = *(u64 *)(r2 + 0)\nexit', true, 2],
    ['EXEC_ADDRESS', 'r0 = 0\nr2 = 8\n*(u64 *)(r2 + 0) = 1\nexit', true, 2],
    ['EXEC_ADDRESS', 'r0 = 0\nr2 = 0x20000\nr0 = *(u64 *)(r2 + 0)\nexit', false, 2],
    ['EXEC_ADDRESS', 'r0 = 0\nlock *(u64 *)(r1 + 4) += r0\nexit', true, 1],
    ['EXEC_BUDGET', 'r0 = 0\nagain: r0 += 1\ngoto again', true, 1],
    ['EXEC_STACK', 'r0 = 0\ncall f\nexit\nf: call f\nexit', true, 3],
    ['EXEC_CALL', 'r0 = 0\ncall 77\nexit', true, 1],
  ])('%s in %j', (code, text, sandbox, insn) => {
    const linked = environment();
    const error = failure(() => instantiate(compile(text, sandbox), linked).run(BigInt(DATA)));
    expect(error.code).toBe(code);
    expect(error.facts['insn']).toBe(insn);
    expect(linked.env.stack_pointer.value).toBe(STACK_TOP);
  });
});

test('a trap inside a runtime function is placed at the call', () => {
  const linked = environment();
  const insns = assemble('r1 = 1\nr1 = 2\ncall 1\nexit');
  const helper: HelperBinding = { kind: 'runtime', name: 'trap', params: [], result: 'void' };
  const executable: Executable = {
    insns,
    functions: [0],
    maps: [],
    helper: () => helper,
    facts: undefined,
    sandbox: false,
  };
  // (func (export "trap") unreachable)
  const other = new WebAssembly.Instance(
    new WebAssembly.Module(
      // biome-ignore format: sections
      Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0,
        7, 8, 1, 4, 0x74, 0x72, 0x61, 0x70, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b),
    ),
  );
  const program = compileToWasm(executable, { sharedMemory: false, maximumPages: 2 });
  const error = failure(() => instantiate(program, { ...linked, runtime: other.exports }).run(0n));
  expect(error.facts['insn']).toBe(2);
});

describe('calls', () => {
  test('a helper is called from compiled code, and sees unsigned numbers', () => {
    const helpers: Record<number, HelperBinding> = { 1: { kind: 'host', name: 'witness', args: 2 } };
    let stack = '';
    let seen: bigint[] = [];
    const witness = (...args: bigint[]) => {
      stack = new Error('witness').stack ?? '';
      seen = args;
      return 2n ** 64n - 3n;
    };
    const insns = assemble('r1 = -1\nr2 = 5\ncall 1\nexit');
    expect(runJit({ insns, sandbox: false, helpers, host: { witness } }).r0).toBe(2n ** 64n - 3n);
    expect(seen).toEqual([2n ** 64n - 1n, 5n]);
    // The proof that no interpreter did it.
    expect(stack).toContain('wasm-function');
  });

  test('an error of a helper comes through as it is', () => {
    const helpers: Record<number, HelperBinding> = { 1: { kind: 'host', name: 'fail', args: 0 } };
    const fail = () => {
      throw new SkepError('OWN', 'Own words.');
    };
    expect(runJit({ insns: assemble('call 1\nexit'), helpers, host: { fail } }).error).toBe('OWN');
  });

  test('a callee has a frame of its own and keeps r6 to r9 of its caller', () => {
    const insns = assemble(`
      r6 = 6
      *(u64 *)(r10 - 8) = 77
      r1 = r10
      r1 += -8
      call f
      r0 += r6
      r1 = *(u64 *)(r10 - 8)
      r0 += r1
      exit
      f: r6 = *(u64 *)(r1 + 0)
      *(u64 *)(r10 - 8) = 1
      *(u64 *)(r1 + 0) = 100
      r0 = r6
      exit`);
    expect(expectSameOutcome({ insns, sandbox: false }).r0).toBe(183n);
  });

  test('the function a pointer names is in the table, and the pointer is its slot', () => {
    const linked = environment();
    const insns = assemble('r0 = 0 ll\nexit\nr0 = r1\nr0 += 1\nexit').map((insn, at) =>
      at === 0 ? { ...insn, src: 4, imm: 2 } : insn,
    );
    const executable: Executable = {
      insns,
      functions: [0, 3],
      maps: [],
      helper: () => undefined,
      facts: undefined,
      sandbox: false,
    };
    const compiled = compileToWasm(executable, { sharedMemory: false, maximumPages: 2 });
    const slot = instantiate(compiled, linked).run(0n);
    const callback = linked.env.table.get(Number(slot)) as (...args: bigint[]) => bigint;
    expect(callback(41n, 0n, 0n, 0n, 0n)).toBe(42n);
  });
});
