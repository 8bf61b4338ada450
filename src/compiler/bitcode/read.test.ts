import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SkepError } from '../../errors/base.js';
import { bundledClang } from '../front/node/bundled.js';
import { printModule } from '../ir/print.js';
import { readBitcode } from './read.js';

const SOURCE = `
struct point { int x, y; unsigned bits : 3; };
const char text[] = "text";
struct point points[3] = {{1, 2}, {3, 4}};
struct point *second = &points[1];
extern int outside(int, ...);
static int twice(int x) { return x * 2; }
int entry(struct point *p, int n, unsigned long long *shared)
{
	int sum = 0;
	for (int i = 0; i < n; i++) {
		switch (p[i].x) {
		case 1: sum += outside(p->y, text, i); break;
		case 7: sum ^= twice(sum); break;
		default: __sync_fetch_and_add(shared, sum);
		}
	}
	asm volatile("%0 += 1" : "+r"(sum));
	points[n & 1] = *p;
	return sum;
}
`;

describe('readBitcode', () => {
  const clang = bundledClang();
  let bitcode: Uint8Array;
  beforeAll(async () => {
    const files = { 'main.c': new TextEncoder().encode(SOURCE) };
    const result = await clang.compile({ source: 'main.c', files });
    expect(result.text).toBe('');
    bitcode = result.bitcode!;
  });
  afterAll(() => clang.close());

  test('gives the functions, globals and types of the source', () => {
    const module = readBitcode(bitcode);
    expect(module.functions.filter(({ blocks }) => blocks.length > 0).map(({ name }) => name)).toEqual([
      'entry',
    ]);
    expect(module.globals.map(({ name, constant, align }) => [name, constant, align])).toEqual([
      ['text', true, 1],
      ['points', false, 4],
      ['second', false, 8],
    ]);
    expect(module.types).toContainEqual(expect.objectContaining({ kind: 'struct', name: 'struct.point' }));
    expect(printModule(module)).toMatch(/^@second = .*global ptr getelementptr /m);
  });

  test('every instruction that computes a value is where its value says', () => {
    const module = readBitcode(bitcode);
    for (const { values, blocks } of module.functions) {
      for (const value of values) {
        if (value.kind !== 'result') continue;
        const { result } = blocks[value.block]!.instructions[value.index]!;
        expect(values[result! - module.values.length]).toBe(value);
      }
    }
  });

  test('what is no bitcode is told from what is cut short', () => {
    expect(() => readBitcode(new Uint8Array(64))).toThrow(
      expect.objectContaining({ code: 'BITCODE_NOT_BITCODE' }),
    );
    expect(() => readBitcode(bitcode.subarray(0, bitcode.length / 2))).toThrow(
      expect.objectContaining({ code: 'BITCODE_TRUNCATED', facts: { bit: expect.any(Number) } }),
    );
  });

  test('a small file cannot unfold without bound', () => {
    expect(() => readBitcode(unfolding())).toThrow(expect.objectContaining({ code: 'BITCODE_TOO_LARGE' }));
  });

  test('damaged bitcode gives typed errors, and soon', () => {
    const damage = fc.record({
      keep: fc.oneof({ weight: 4, arbitrary: fc.constant(1) }, fc.double({ min: 0, max: 1, noNaN: true })),
      changes: fc.array(fc.record({ at: fc.nat(), xor: fc.integer({ min: 1, max: 255 }) }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(damage, ({ keep, changes }) => {
        const bytes = bitcode.slice(0, Math.floor(bitcode.length * keep));
        for (const { at, xor } of changes) if (bytes.length > 0) bytes[at % bytes.length]! ^= xor;
        try {
          printModule(readBitcode(bytes));
        } catch (error) {
          if (!(error instanceof SkepError)) throw error;
        }
      }),
      { seed: 20, numRuns: 600 },
    );
  });
});

/** An abbreviation of 255 literals, used by records of four bits each: 64 operands from every one. */
function unfolding(): Uint8Array {
  const bits: number[] = [];
  const put = (value: number, width: number) => {
    for (let bit = 0; bit < width; bit++) bits.push((value >> bit) & 1);
  };
  put(0xdec04342 | 0, 32);
  put(1, 2);
  put(8, 8);
  put(4, 4);
  while (bits.length % 32 !== 0) bits.push(0);
  const length = bits.length;
  put(0, 32);
  put(2, 4);
  // 255 does not fit a group of four bits: 15 with the mark that more follows, then the rest.
  for (let left = 255; ; left >>= 4) {
    put((left & 15) | (left > 15 ? 16 : 0), 5);
    if (left <= 15) break;
  }
  for (let i = 0; i < 255; i++) {
    put(1, 1);
    put(0, 8);
  }
  for (let i = 0; i < 200_000; i++) put(4, 4);
  while (bits.length % 32 !== 0) bits.push(0);
  const words = (bits.length - length - 32) / 32;
  for (let bit = 0; bit < 32; bit++) bits[length + bit] = (words >> bit) & 1;
  return Uint8Array.from({ length: bits.length / 8 }, (_, byte) => {
    return bits.slice(byte * 8, byte * 8 + 8).reduce((sum, bit, at) => sum | (bit << at), 0);
  });
}
