import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runSandboxed } from '../../src/engine/sandbox.js';
import { ALU_OPS, type AluOp, assemble, build, type Insn } from '../../src/isa/index.js';
import { bpfAvailability, progLoad, progTestRun } from '../../src/linux/bpf.js';

const SOCKET_FILTER = 1;
const { available, reason } = bpfAvailability();

/** All 64 bits of r0 in the real kernel, which hands out 32 at a time. */
function runInKernel(insns: readonly Insn[]): bigint {
  const [low, high] = [0, 32].map((shift) => {
    // The program is a function that this one calls.
    const wrapped = [...assemble(`call pc+2\nr0 >>= ${shift}\nexit`), ...insns];
    const load = progLoad({ type: SOCKET_FILTER, insns: wrapped, license: 'GPL', logLevel: 1 });
    if (!load.ok) throw new Error(`the kernel refuses the program:\n${load.log}`);
    using program = load.program;
    return BigInt(progTestRun(program, { data: new Uint8Array(64) }).returnValue);
  }) as [bigint, bigint];
  return (high << 32n) | low;
}

function expectTwins(insns: readonly Insn[]): void {
  const expected = runInKernel(insns);
  const run = (engine: 'jit' | 'interpreter') => runSandboxed({ insns, engine, budget: 1_000_000 });
  expect([run('interpreter'), run('jit')].map(String)).toEqual([String(expected), String(expected)]);
}

const MIN = '0x8000000000000000 ll';
/** Programs that stand on the edges of the instruction set. */
const PROGRAMS: Readonly<Record<string, string>> = {
  'div by zero': 'r0 = 7\nr1 = 0\nr0 /= r1\nexit',
  'div32 by zero': 'r0 = -7\nr1 = 0\nw0 /= w1\nexit',
  'mod by zero': 'r0 = -7\nr1 = 0\nr0 %= r1\nexit',
  'mod32 by zero': 'r0 = -7\nr1 = 0\nw0 %= w1\nexit',
  'sdiv by zero': 'r0 = -7\nr1 = 0\nr0 s/= r1\nexit',
  'smod32 by zero': 'r0 = -7\nr1 = 0\nw0 s%= w1\nexit',
  'sdiv of the minimum by -1': `r0 = ${MIN}\nr1 = -1\nr0 s/= r1\nexit`,
  'sdiv of the minimum by -1, immediate': `r0 = ${MIN}\nr0 s/= -1\nexit`,
  'smod of the minimum by -1': `r0 = ${MIN}\nr1 = -1\nr0 s%= r1\nexit`,
  'sdiv32 of the minimum by -1': 'w0 = 0x80000000\nw1 = -1\nw0 s/= w1\nexit',
  'smod32 of the minimum by -1': 'w0 = 0x80000000\nw1 = -1\nw0 s%= w1\nexit',
  'smod of negatives': 'r0 = -13\nr0 s%= -5\nexit',
  'unsigned div by a negative immediate': 'r0 = -1\nr0 /= -3\nexit',
  'unsigned mod32 by a negative immediate': 'w0 = -1\nw0 %= -3\nexit',
  'shift by 65': 'r0 = 3\nr1 = 65\nr0 <<= r1\nexit',
  'shift32 by 33': 'r0 = 3\nr1 = 33\nw0 <<= w1\nexit',
  'rsh32 clears the top': 'r0 = -1\nw0 >>= 4\nexit',
  'arsh32 of a negative': 'w0 = 0x80000001\nw0 s>>= 3\nexit',
  'arsh by a negative count': 'r0 = -9\nr1 = -62\nr0 s>>= r1\nexit',
  'mul wraps': 'r0 = 0x123456789abcdef ll\nr0 *= r0\nexit',
  'mul32 zero-extends': 'r0 = -3\nw0 *= 0x7fffffff\nexit',
  'neg of the minimum': `r0 = ${MIN}\nr0 = -r0\nexit`,
  'neg32 zero-extends': 'r0 = 5\nw0 = -w0\nexit',
  'mov32 of itself zero-extends': 'r0 = -1\nw0 = w0\nexit',
  'movsx 8 to 32': 'r1 = 0x180\nw0 = (s8)w1\nexit',
  'movsx 16 to 64': 'r1 = 0x18000\nr0 = (s16)r1\nexit',
  'movsx 32 to 64': 'w1 = 0x80000000\nr0 = (s32)r1\nexit',
  'be16 truncates': 'r0 = 0x1122334455667788 ll\nr0 = be16 r0\nexit',
  be32: 'r0 = 0x1122334455667788 ll\nr0 = be32 r0\nexit',
  be64: 'r0 = 0x1122334455667788 ll\nr0 = be64 r0\nexit',
  'le16 truncates': 'r0 = 0x1122334455667788 ll\nr0 = le16 r0\nexit',
  bswap32: 'r0 = 0x1122334455667788 ll\nr0 = bswap32 r0\nexit',
  bswap16: 'r0 = 0x1122334455667788 ll\nr0 = bswap16 r0\nexit',
  'jset with a sign-extended immediate': 'r0 = 1\nr1 = 0x100000000 ll\nif r1 & -1 goto +1\nr0 = 2\nexit',
  jset32: 'r0 = 1\nr1 = 0x100000000 ll\nif w1 & -1 goto +1\nr0 = 2\nexit',
  'jlt32 unsigned': 'r0 = 1\nr1 = -1\nif w1 < 5 goto +1\nr0 = 2\nexit',
  'jslt32 signed': 'r0 = 1\nw1 = -1\nif w1 s< 5 goto +1\nr0 = 2\nexit',
  gotol: 'r0 = 1\ngotol +0\nexit',
  'sign-extending loads':
    '*(u64 *)(r10 - 8) = -2\nr0 = *(s8 *)(r10 - 8)\nr1 = *(s32 *)(r10 - 8)\nr0 += r1\nexit',
  'narrow stores':
    '*(u64 *)(r10 - 8) = -1\n*(u8 *)(r10 - 7) = 0x12\n*(u16 *)(r10 - 4) = 0x3456\nr0 = *(u64 *)(r10 - 8)\nexit',
  'stored immediates are sign-extended': '*(u64 *)(r10 - 8) = -3\nr0 = *(u64 *)(r10 - 8)\nexit',
  'atomic add': '*(u64 *)(r10 - 8) = 40\nr1 = 2\nlock *(u64 *)(r10 - 8) += r1\nr0 = *(u64 *)(r10 - 8)\nexit',
  'atomic32 add keeps its neighbour':
    '*(u64 *)(r10 - 8) = -1\nr1 = 2\nlock *(u32 *)(r10 - 8) += r1\nr0 = *(u64 *)(r10 - 8)\nexit',
  'fetch_xor32 zero-extends':
    '*(u64 *)(r10 - 8) = -1\nr0 = -1\nr0 = atomic_fetch_xor((u32 *)(r10 - 8), r0)\nexit',
  'fetch_and, fetch_or':
    '*(u64 *)(r10 - 8) = 0x55\nr1 = 0xf\nr1 = atomic64_fetch_and((u64 *)(r10 - 8), r1)\nr0 = 0x70\nr0 = atomic64_fetch_or((u64 *)(r10 - 8), r0)\nr0 <<= 8\nr0 |= r1\nexit',
  'xchg32 zero-extends': '*(u64 *)(r10 - 8) = -2\nr0 = -1\nr0 = atomic_xchg((u32 *)(r10 - 8), r0)\nexit',
  'cmpxchg that succeeds':
    '*(u64 *)(r10 - 8) = 5\nr0 = 5\nr1 = 9\nr0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r1)\nr1 = *(u64 *)(r10 - 8)\nr0 <<= 8\nr0 |= r1\nexit',
  'cmpxchg that fails':
    '*(u64 *)(r10 - 8) = 5\nr0 = 6\nr1 = 9\nr0 = atomic64_cmpxchg((u64 *)(r10 - 8), r0, r1)\nr1 = *(u64 *)(r10 - 8)\nr0 <<= 8\nr0 |= r1\nexit',
  'cmpxchg32 looks at the low half of r0':
    '*(u64 *)(r10 - 8) = 5\nr0 = 0x700000005 ll\nr1 = 9\nr0 = atomic_cmpxchg((u32 *)(r10 - 8), r0, r1)\nr1 = *(u64 *)(r10 - 8)\nr0 <<= 8\nr0 |= r1\nexit',
  'load_acquire and store_release':
    'r1 = 0x1234\nstore_release((u16 *)(r10 - 8), r1)\nr0 = load_acquire((u16 *)(r10 - 8))\nexit',
  'a call keeps r6 to r9':
    'r6 = 6\nr9 = 9\nr1 = 1\ncall f\nr0 += r6\nr0 += r9\nexit\nf: r6 = r1\nr9 = 0\nr0 = r6\nexit',
  'a loop': 'r0 = 0\nr1 = 100\nloop: r0 += r1\nr1 -= 1\nif r1 != 0 goto loop\nexit',
  'may_goto in a loop':
    'r0 = 0\nr1 = 10\nloop: may_goto out\nr0 += r1\nr1 -= 1\nif r1 != 0 goto loop\nout: exit',
};

describe.skipIf(!available)(`interpreter, JIT and this kernel agree ${reason}`, () => {
  test.each(Object.entries(PROGRAMS))('%s', (_name, text) => {
    expectTwins(assemble(text));
  });

  test('on random arithmetic', () => {
    fc.assert(
      fc.property(
        fc.array(anyValue, { minLength: 6, maxLength: 6 }),
        fc.array(anyStep, { maxLength: 40 }),
        (values, steps) => {
          expectTwins([
            ...values.flatMap((value, register) => build.ldImm64(REGISTERS[register]!, value)),
            ...steps,
            // Every register counts in the result.
            ...REGISTERS.slice(1).flatMap((register) => [
              build.alu('mul', build.r0, 31),
              build.alu('add', build.r0, register),
            ]),
            build.exit(),
          ]);
        },
      ),
      { seed: 0x7e14, numRuns: 60 },
    );
  });
});

const REGISTERS = [build.r0, build.r1, build.r2, build.r3, build.r4, build.r5] as const;
const anyRegister = fc.constantFrom(...REGISTERS);
const anyValue = fc.oneof(
  fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  fc.constantFrom(0n, 1n, 0x7fffffffn, 0x80000000n, 0xffffffffn, 1n << 63n, (1n << 64n) - 1n),
);
const SHIFTS: readonly AluOp[] = ['lsh', 'rsh', 'arsh'];
const DIVISIONS: readonly AluOp[] = ['div', 'sdiv', 'mod', 'smod'];

const anyAlu = fc
  .record({
    op: fc.constantFrom(...ALU_OPS.map((row) => row.name)),
    width: fc.constantFrom(32 as const, 64 as const),
    dst: anyRegister,
    src: fc.oneof(anyRegister, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
  })
  .map(({ op, width, dst, src }) => {
    if (typeof src !== 'number') return build.alu(op, dst, src, width);
    // The kernel refuses an immediate shift by the width or more, and an immediate division by zero.
    const imm = SHIFTS.includes(op) ? Math.abs(src) % width : DIVISIONS.includes(op) ? src || 1 : src;
    return build.alu(op, dst, imm, width);
  });
const anyStep = fc.oneof(
  { weight: 6, arbitrary: anyAlu },
  fc
    .tuple(anyRegister, fc.constantFrom(8 as const, 16 as const, 32 as const), anyRegister)
    .map(([d, bits, s]) => build.movsx(d, bits, s)),
  fc.tuple(anyRegister, fc.constantFrom(32 as const, 64 as const)).map(([d, width]) => build.neg(d, width)),
  fc
    .tuple(
      fc.constantFrom('le' as const, 'be' as const, 'bswap' as const),
      fc.constantFrom(16 as const, 32 as const, 64 as const),
      anyRegister,
    )
    .map(([to, bits, d]) => build.endian(to, bits, d)),
);
