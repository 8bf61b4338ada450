import { describe, expect, test } from 'vitest';
import { SkepError } from '../../errors/base.js';
import { assemble } from '../../isa/index.js';
import type { Executable, HelperBinding } from '../abi.js';
import { type InterpreterOptions, interpret } from './index.js';

const DATA = 0x11000;
const STACK_TOP = 0x20000;

function executable(text: string, helpers: Readonly<Record<number, HelperBinding>> = {}): Executable {
  return {
    insns: assemble(text),
    functions: [0],
    maps: [],
    helper: (id) => helpers[id],
    facts: undefined,
    sandbox: true,
  };
}

function run(
  text: string,
  options: Partial<InterpreterOptions> = {},
  helpers: Readonly<Record<number, HelperBinding>> = {},
) {
  const memory = options.memory ?? { buffer: new ArrayBuffer(0x20000) };
  const defaults = { memory, r1: BigInt(DATA), stackTop: STACK_TOP, budget: 10_000 };
  return interpret(executable(text, helpers), { ...defaults, ...options });
}

function failure(text: string, options: Partial<InterpreterOptions> = {}): SkepError {
  try {
    run(text, options);
  } catch (error) {
    if (error instanceof SkepError) return error;
    throw error;
  }
  throw new Error('the program did not fail');
}

const MIN64 = '0x8000000000000000 ll';
/** Program and r0. Each line states one rule of RFC 9669 or of Linux. */
const RULES: readonly (readonly [rule: string, program: string, r0: bigint])[] = [
  ['32-bit results are zero-extended', 'r0 = -1\nw0 += 0\nexit', 0xffffffffn],
  ['64-bit immediates are sign-extended', 'r0 = -1\nexit', 0xffffffffffffffffn],
  ['division by zero gives zero', 'r0 = 7\nr1 = 0\nr0 /= r1\nexit', 0n],
  ['signed division by zero gives zero', 'r0 = 7\nr1 = 0\nr0 s/= r1\nexit', 0n],
  ['modulo by zero keeps the dividend', 'r0 = -7\nr1 = 0\nr0 %= r1\nexit', 0xfffffffffffffff9n],
  ['a 32-bit modulo by zero zero-extends', 'r0 = -7\nr1 = 0\nw0 %= w1\nexit', 0xfffffff9n],
  ['a signed 32-bit modulo by zero zero-extends', 'r0 = -7\nr1 = 0\nw0 s%= w1\nexit', 0xfffffff9n],
  ['the divisor of a 32-bit division is 32 bits', 'r0 = 7\nr1 = 0x100000000 ll\nw0 /= w1\nexit', 0n],
  ['unsigned division takes a sign-extended immediate', 'r0 = -1\nr0 /= -1\nexit', 1n],
  ['the minimum s/ -1 is the minimum', `r0 = ${MIN64}\nr0 s/= -1\nexit`, 1n << 63n],
  ['the minimum s% -1 is zero', `r0 = ${MIN64}\nr0 s%= -1\nexit`, 0n],
  ['the 32-bit minimum s/ -1 is the minimum', 'w0 = 0x80000000\nw0 s/= -1\nexit', 0x80000000n],
  ['the 32-bit minimum s% -1 is zero', 'w0 = 0x80000000\nw0 s%= -1\nexit', 0n],
  ['signed modulo has the sign of the dividend', 'r0 = -13\nr0 s%= 3\nexit', 0xffffffffffffffffn],
  ['64-bit shifts use six bits of the count', 'r0 = 1\nr1 = 65\nr0 <<= r1\nexit', 2n],
  ['32-bit shifts use five bits of the count', 'r0 = 1\nr1 = 33\nw0 <<= w1\nexit', 2n],
  ['an arithmetic shift keeps the sign', 'r0 = -8\nr0 s>>= 1\nexit', 0xfffffffffffffffcn],
  ['a 32-bit arithmetic shift keeps bit 31', 'w0 = 0x80000000\nw0 s>>= 4\nexit', 0xf8000000n],
  ['negation wraps', `r0 = ${MIN64}\nr0 = -r0\nexit`, 1n << 63n],
  ['movsx of 8 bits to 32 clears the top', 'r1 = 0x80\nw0 = (s8)w1\nexit', 0xffffff80n],
  ['movsx of 32 bits to 64', 'w1 = 0x80000000\nr0 = (s32)r1\nexit', 0xffffffff80000000n],
  ['be16 swaps and truncates', 'r0 = 0x11223344\nr0 = be16 r0\nexit', 0x4433n],
  ['le32 truncates', 'r0 = 0x1122334455667788 ll\nr0 = le32 r0\nexit', 0x55667788n],
  ['bswap64', 'r0 = 0x1122334455667788 ll\nr0 = bswap64 r0\nexit', 0x8877665544332211n],
  [
    '64-bit unsigned comparison with a negative number',
    'r0 = 1\nr1 = 5\nif r1 < -1 goto +1\nr0 = 2\nexit',
    1n,
  ],
  [
    '32-bit comparison looks at the low half',
    'r0 = 1\nr1 = 0x500000001 ll\nif w1 == 1 goto +1\nr0 = 2\nexit',
    1n,
  ],
  ['signed comparison', 'r0 = 1\nr1 = -5\nif r1 s< 0 goto +1\nr0 = 2\nexit', 1n],
  ['gotol reaches its label', 'r0 = 1\ngotol out\nr0 = 2\nout: exit', 1n],
  ['may_goto goes on while its count lasts', 'r0 = 1\nmay_goto +1\nr0 = 2\nexit', 2n],
  ['a store is little-endian', '*(u32 *)(r1 + 0) = 0x11223344\nr0 = *(u8 *)(r1 + 0)\nexit', 0x44n],
  ['sign-extending loads', '*(u16 *)(r1 + 0) = 0x8001\nr0 = *(s16 *)(r1 + 0)\nexit', 0xffffffffffff8001n],
  [
    'a stored immediate is sign-extended',
    '*(u64 *)(r1 + 0) = -1\nr0 = *(u64 *)(r1 + 0)\nexit',
    0xffffffffffffffffn,
  ],
  ['reads where null points give zero', 'r1 = 0x40\nr0 = *(u64 *)(r1 + 0)\nexit', 0n],
  [
    'fetch gives the old value back',
    '*(u64 *)(r1 + 0) = 5\nr0 = 3\nr0 = atomic64_fetch_add((u64 *)(r1 + 0), r0)\nexit',
    5n,
  ],
  [
    'a 32-bit fetch is zero-extended',
    '*(u32 *)(r1 + 0) = -1\nr0 = -1\nr0 = atomic_fetch_and((u32 *)(r1 + 0), r0)\nexit',
    0xffffffffn,
  ],
  ['without fetch the source stays', '*(u64 *)(r1 + 0) = 5\nr0 = 3\nlock *(u64 *)(r1 + 0) += r0\nexit', 3n],
  ['xchg', '*(u64 *)(r1 + 0) = 5\nr0 = 3\nr0 = atomic64_xchg((u64 *)(r1 + 0), r0)\nexit', 5n],
  [
    'cmpxchg32 compares the low half of r0',
    '*(u32 *)(r1 + 0) = 5\nr0 = 0x700000005 ll\nr2 = 9\nr0 = atomic_cmpxchg((u32 *)(r1 + 0), r0, r2)\nr0 = *(u32 *)(r1 + 0)\nexit',
    9n,
  ],
  [
    'a cmpxchg that fails zero-extends the old value',
    '*(u32 *)(r1 + 0) = -1\nr0 = 5\nr0 = atomic_cmpxchg((u32 *)(r1 + 0), r0, r1)\nexit',
    0xffffffffn,
  ],
  [
    'store_release and load_acquire of a byte',
    'r2 = 0x1ff\nstore_release((u8 *)(r1 + 0), r2)\nr0 = load_acquire((u8 *)(r1 + 0))\nexit',
    0xffn,
  ],
  ['an address space cast keeps 32 bits', 'r1 = 0x500000001 ll\nr0 = addr_space_cast(r1, 0, 1)\nexit', 1n],
  ['a call keeps r6 and r10', 'r6 = 4\ncall f\nr0 = r6\nexit\nf: r6 = 1\nr0 = 1\nexit', 4n],
  [
    'each function has a stack of its own',
    '*(u64 *)(r10 - 8) = 7\ncall f\nr0 = *(u64 *)(r10 - 8)\nexit\nf: *(u64 *)(r10 - 8) = 1\nr0 = 0\nexit',
    7n,
  ],
];

describe('interpret', () => {
  test.each(RULES)('%s', (_rule, program, r0) => {
    expect(run(program)).toBe(r0);
  });

  test('may_goto jumps at last, so that a loop ends', () => {
    expect(run('r0 = 0\nloop: may_goto out\nr0 += 1\ngoto loop\nout: exit', { budget: 40_000_000 })).toBe(
      8388608n,
    );
  }, 60_000);

  test('packet bytes are loaded in network order and a load behind the packet ends the program', () => {
    const buffer = new ArrayBuffer(0x20000);
    const view = new DataView(buffer);
    view.setUint32(DATA + 76, DATA + 256, true);
    view.setUint32(DATA + 80, DATA + 260, true);
    view.setUint32(DATA + 256, 0x11223344);
    const memory = { buffer };
    expect(run('r6 = r1\nr0 = *(u16 *)skb[1]\nexit', { memory })).toBe(0x2233n);
    expect(run('r6 = r1\nr2 = 2\nr0 = *(u16 *)skb[r2 + -2]\nexit', { memory })).toBe(0x1122n);
    expect(run('r6 = r1\nr0 = *(u32 *)skb[1]\nr0 = 5\nexit', { memory })).toBe(0n);
  });

  test('helpers of the runtime take i32 as number and i64 as bigint', () => {
    const binding = {
      kind: 'runtime',
      name: 'f',
      params: ['i32', 'i64'],
      result: 'i32',
      signed: true,
    } as const;
    const seen: unknown[] = [];
    const f = (...args: unknown[]) => {
      seen.push(...args);
      return -2;
    };
    expect(run('r1 = -1\nr2 = -1\ncall 1\nexit', { runtime: { f } }, { 1: binding })).toBe(
      0xfffffffffffffffen,
    );
    expect(seen).toEqual([-1, -1n]);
  });

  test('helpers of the host take and return unsigned bigints', () => {
    const binding = { kind: 'host', name: 'add', args: 2 } as const;
    const host = { add: (a: bigint, b: bigint) => a + b };
    expect(run('r1 = -1\nr2 = 3\ncall 7\nexit', { host }, { 7: binding })).toBe(2n);
  });

  test('a tail call goes on with another program, and with the next instruction when there is none', () => {
    const target = executable('r0 = r1\nexit');
    const tailCall = (_ctx: bigint, _map: bigint, index: number) => (index === 1 ? target : undefined);
    const helpers = { 12: { kind: 'tail_call' } } as const;
    expect(run('r3 = 1\ncall 12\nr0 = 5\nexit', { r1: 9n, tailCall }, helpers)).toBe(9n);
    expect(run('r3 = 2\ncall 12\nr0 = 5\nexit', { r1: 9n, tailCall }, helpers)).toBe(5n);
  });

  test('an observer sees each instruction with the registers before it', () => {
    const seen: string[] = [];
    run('r0 = 1\ncall f\nexit\nf: r0 = 2\nexit', {
      onStep: (index, r, depth) => seen.push(`${index} ${r[0]} ${depth}`),
    });
    expect(seen).toEqual(['0 0 0', '1 1 0', '3 0 1', '4 2 1', '2 2 0']);
  });

  test.each([
    [
      'EXEC_BUDGET',
      'goto -1',
      'the budget of 10000 instructions is used up, at instruction 0: (05) goto pc-1',
    ],
    [
      'EXEC_ADDRESS',
      'r1 = 0x100000000 ll\nr0 = *(u8 *)(r1 + 4)\nexit',
      '1 bytes at 0x100000004 cannot be read: the address lies outside the memory of the engine, at instruction 2: (71) r0 = *(u8 *)(r1 +4)',
    ],
    [
      'EXEC_ADDRESS',
      'r1 = 8\n*(u8 *)(r1 + 0) = 1\nexit',
      '1 bytes at 0x8 cannot be written: the address is a null pointer and a small offset, at instruction 1: (72) *(u8 *)(r1 +0) = 1',
    ],
    [
      'EXEC_ADDRESS',
      'r0 = *(u64 *)(r10 - 4)\nexit',
      '8 bytes at 0x1fffc cannot be read: the address lies outside the memory of the engine, at instruction 0: (79) r0 = *(u64 *)(r10 -4)',
    ],
    [
      'EXEC_ADDRESS',
      'lock *(u64 *)(r10 - 12) += r0\nexit',
      'an atomic access of 8 bytes at 0x1fff4 is misaligned, at instruction 0: (db) lock *(u64 *)(r10 -12) += r0',
    ],
    [
      'EXEC_STACK',
      'f: call f\nexit',
      'calls are nested more than 8 functions deep, at instruction 0: (85) call pc-1',
    ],
    ['EXEC_CALL', 'call 4711\nexit', 'there is no helper 4711, at instruction 0: (85) call unknown#4711'],
    [
      'EXEC_CALL',
      'callx r2\nexit',
      'a call through a register is refused, as Linux refuses it, at instruction 0: (8d) callx r2',
    ],
    [
      'EXEC_CALL',
      'call kfunc#9\nexit',
      'there is no kernel function with BTF id 9, at instruction 0: (85) call unknown#9',
    ],
    [
      'EXEC_INSN',
      '.insn 0x00000000000000ff',
      'the instruction has no meaning: unknown opcode ff, at instruction 0: (ff) r0 (null) r0',
    ],
    [
      'EXEC_INSN',
      'r1 = map[fd:3]\nexit',
      'the 64-bit immediate is an unresolved map_fd, at instruction 0: (18) r1 = map[id:3]',
    ],
    ['EXEC_JUMP', 'r0 = 0', 'execution left the program, at 1'],
  ])('%s names the instruction: %s', (code, program, message) => {
    const error = failure(program);
    expect([error.code, error.message]).toEqual([code, message]);
  });
});
