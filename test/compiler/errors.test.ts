import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { bundledClang, compileFile } from '../../src/compiler/node/index.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-errors-'));
const front = bundledClang();
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await front.close();
});

/** What a source with errors makes the compiler say, without the folder's name. */
async function said(source: string): Promise<string> {
  writeFileSync(join(folder, 'a.c'), source);
  const { object, text } = await compileFile(join(folder, 'a.c'), { front });
  expect(object).toBeUndefined();
  return text.replaceAll(`${folder}/`, '');
}

/** Source, sentence, hint; the caret stands where `^` is in the source. */
const REFUSED: readonly [source: string, sentence: string, hint: string][] = [
  ['int f(int x) { return ^x * 1.5; }', 'BPF has no floating point', 'use integers: fixed point, or a shift'],
  [
    'unsigned long f(unsigned long a, unsigned long b) { return (unsigned __int128)a ^* b >> 64; }',
    'BPF cannot multiply or divide 128 bits',
    'use numbers of 64 bits',
  ],
  [
    'unsigned long f(unsigned __int128 *a, int n) { return *a ^>> n; }',
    'BPF shifts 128 bits by constant numbers only',
    'use two numbers of 64 bits',
  ],
  [
    'unsigned __int128 f(unsigned __int128 *a) { ^return *a; }',
    'BPF has no integers of 128 bits',
    'use two numbers of 64 bits',
  ],
  [
    'int g(char *); int f(int n) { ^char b[n]; return g(b); }',
    'the size of an array on the stack must be known at compile time',
    'use a constant size, or a map',
  ],
  [
    'int g(char *); ^int f(void) { char big[600]; return g(big); }',
    "'f' needs 600 bytes of stack, and BPF has 512: 'big' takes 600",
    'keep large data in a map (a per-CPU array with one entry), or split the function',
  ],
  [
    'int f(int (*p)(int)) { return ^p(3); }',
    'a function is called through a pointer, which BPF cannot do',
    'call the function by its name, or use bpf_tail_call with a program array',
  ],
  [
    'int g(int); __attribute__((noinline)) int f(int n) { return n < 2 ? 1 : g(^f(n - 1)); }',
    "'f' calls itself, and BPF has no recursion",
    'use a loop, bpf_loop, or a stack of your own in a map',
  ],
  [
    '^int f(int n, ...) { return n; }',
    "'f' takes a variable number of arguments, which BPF cannot do",
    'pass an array and its length',
  ],
  [
    'struct big { long a, b, c; }; ^struct big f(long x) { return (struct big){x, x, x}; }',
    "'f' returns a struct, and a global function of BPF returns one number",
    'make it static, or fill in a struct that the caller points to',
  ],
  [
    '^int f(int a, int b, int c, int d, int e, int g) { return a + b + c + d + e * g; }',
    'a function has more than 5 arguments, which is all that BPF has registers for',
    'pass a pointer to a struct',
  ],
  [
    '#include <string.h>\nint f(char *a, int n) { return ^memcmp(a, a + 9, n); }',
    "'memcmp' would have to be called, and BPF has no C library",
    'give it a constant size, or write a loop',
  ],
  [
    'int f(int x) { return x ^/ 3; }',
    'signed division and remainder need -mcpu=v4',
    'divide unsigned numbers, or compile with -mcpu=v4',
  ],
];

describe('an error has file, line, caret, sentence and hint', () => {
  test.each(REFUSED)('%s', async (marked, sentence, hint) => {
    const lines = marked.split('\n');
    const line = lines.length;
    const last = lines.at(-1) ?? '';
    const at = last.indexOf('^');
    const code = last.replace('^', '');
    // A function's own line is known without a column.
    const column = at + 1;
    const place = `a.c:${line}:${column}:`;
    const text = await said(marked.replace('^', ''));
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^a\.c:\d+:\d+: error: /),
      `    ${line} | ${code}`,
      `      | ${' '.repeat(columnOf(text) - 1)}^`,
      expect.stringMatching(/^a\.c:\d+:\d+: note: /),
      '1 error generated.',
      '',
    ]);
    expect(text).toContain(`error: ${sentence}\n`);
    expect(text).toContain(`note: ${hint}\n`);
    if (columnOf(text) > 1) expect(text).toContain(`${place} error`);
  });

  test('clang’s own errors come as clang writes them', async () => {
    expect(await said('foo_t x;\n')).toBe(
      "a.c:1:1: error: unknown type name 'foo_t'\n    1 | foo_t x;\n      | ^\n1 error generated.\n",
    );
    expect(await said('#include <nope.h>\n')).toBe(
      "a.c:1:10: fatal error: 'nope.h' file not found\n    1 | #include <nope.h>\n      |          ^~~~~~~~\n1 error generated.\n",
    );
  });
});

function columnOf(text: string): number {
  return Number(/^a\.c:\d+:(\d+):/.exec(text)?.[1]);
}
