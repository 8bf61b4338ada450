import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { readBitcode } from '../bitcode/read.js';
import { clangCommand } from './command.js';
import { parseDiagnostics } from './diagnostics.js';
import type { FrontRequest } from './front.js';
import { bundledClang } from './node/bundled.js';
import { clangFiles } from './node/files.js';
import { ClangRunner, compileWith } from './run.js';

const bytes = (text: string) => new TextEncoder().encode(text);

function request(source: string, more: Partial<FrontRequest> = {}): FrontRequest {
  return { source: 'main.c', files: { 'main.c': bytes(source) }, ...more };
}

describe('diagnostics', () => {
  test('have a place, a severity, a message and the name of their flag', () => {
    const text = [
      "dir/a b.c:3:5: warning: unused variable 'x' [-Wunused-variable]",
      '    3 | int x;',
      '      |     ^',
      "main.c:9:1: fatal error: 'no:pe.h' file not found",
      "error: unknown target CPU 'v9'",
      'main.c:1:2: error: old [-Werror,-Wold]',
      '1 warning and 3 errors generated.',
    ].join('\n');
    expect(parseDiagnostics(text)).toEqual([
      {
        severity: 'warning',
        message: "unused variable 'x'",
        file: 'dir/a b.c',
        line: 3,
        column: 5,
        flag: 'unused-variable',
      },
      {
        severity: 'fatal error',
        message: "'no:pe.h' file not found",
        file: 'main.c',
        line: 9,
        column: 1,
        flag: undefined,
      },
      {
        severity: 'error',
        message: "unknown target CPU 'v9'",
        file: undefined,
        line: 0,
        column: 0,
        flag: undefined,
      },
      { severity: 'error', message: 'old', file: 'main.c', line: 1, column: 2, flag: 'old' },
    ]);
  });

  test('a source that is not among the files is named', () => {
    expect(() => clangCommand({ source: 'a.c', files: {} })).toThrow('The source a.c is not among the files');
  });
});

describe('the bundled clang', () => {
  const clang = bundledClang();
  afterAll(() => clang.close());

  test('makes bitcode that the reader takes, of C with headers from several folders', async () => {
    const result = await clang.compile({
      source: 'src/main.c',
      files: {
        'src/main.c': bytes(
          '#include "near.h"\n#include <far.h>\n#include <host.h>\n#include <stdbool.h>\n' +
            'bool f(int x) { return x == NEAR + FAR + HOST + GIVEN; }\n',
        ),
        'src/near.h': bytes('#define NEAR 1\n'),
        'include/far.h': bytes('#define FAR 2\n'),
        '/usr/include/host.h': bytes('#define HOST 4\n'),
        '/usr/include/stdbool.h': bytes('#define bool _Bool\n'),
      },
      includeDirs: ['include', '/usr/include'],
      defines: ['GIVEN=8'],
    });
    expect(result.text).toBe('');
    const module = readBitcode(result.bitcode!);
    expect(module.producer).toMatch(/^LLVM22\./);
    expect(module.triple).toBe('bpfel');
    expect(module.functions.map(({ name }) => name)).toEqual(['f']);
    expect(module.functions[0]?.values).toContainEqual(
      expect.objectContaining({ kind: 'integer', value: 15n }),
    );
  });

  test('reports errors as text and as data, in the files as the caller calls them', async () => {
    const result = await clang.compile(
      request('', {
        includeDirs: ['/usr/include'],
        files: {
          'main.c': bytes('#include "bad.h"\nint f(void) { return y; }\n'),
          '/usr/include/bad.h': bytes('#warning mind\n'),
        },
      }),
    );
    expect(result.bitcode).toBeUndefined();
    expect(result.text).toContain(' return y; }\n');
    expect(result.diagnostics).toEqual([
      {
        severity: 'warning',
        message: 'mind',
        file: '/usr/include/bad.h',
        line: 1,
        column: 2,
        flag: '#warnings',
      },
      {
        severity: 'error',
        message: "use of undeclared identifier 'y'",
        file: 'main.c',
        line: 2,
        column: 22,
        flag: undefined,
      },
    ]);
  });

  test('keeps a warning beside the bitcode', async () => {
    const result = await clang.compile(request('int f(void) { int x; return 0; }\n', { flags: ['-Wall'] }));
    expect(result.diagnostics.map(({ severity, flag }) => [severity, flag])).toEqual([
      ['warning', 'unused-variable'],
    ]);
    expect(result.bitcode).toBeInstanceOf(Uint8Array);
  });

  test('knows the BPF cpu and the byte order that it compiles for', async () => {
    const source = 'int v = __BPF_CPU_VERSION__;\nint big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;\n';
    const result = await clang.compile(request(source, { cpu: 'v2', endian: 'big' }));
    const module = readBitcode(result.bitcode!);
    const initial = module.globals.map(({ initializer }) => module.values[initializer!]);
    expect(initial).toMatchObject([
      { kind: 'integer', value: 2n },
      { kind: 'integer', value: 1n },
    ]);
    expect(module.triple).toBe('bpfeb');
  });

  test('says that clang failed when its arguments make no sense to it', async () => {
    const result = await clang.compile(request('int x;\n', { flags: ['-no-such-flag'] }));
    expect(result.bitcode).toBeUndefined();
    expect(result.diagnostics).toMatchObject([
      { severity: 'error', message: "unknown argument: '-no-such-flag'" },
    ]);
  });

  test('takes compilations at the same time, and starts again after it was closed', async () => {
    const both = await Promise.all([clang.compile(request('int a;\n')), clang.compile(request('int b;\n'))]);
    const names = both.map(({ bitcode }) => readBitcode(bitcode!).globals[0]?.name);
    expect(names).toEqual(['a', 'b']);
    await clang.close();
    const again = await clang.compile(request('int c;\n'));
    expect(readBitcode(again.bitcode!).globals[0]?.name).toBe('c');
  });
});

test('a source that needs more of clang than usual gets all of it', async () => {
  let parts = 0;
  const bundle = createRequire(import.meta.url).resolve('@yowasp/clang');
  const runner = new ClangRunner(clangFiles(bundle), () => {
    parts++;
  });
  const usual = request('int f(void) { return 1; }\n');
  const first = await compileWith(usual, (command) => runner.run(command));
  expect(readBitcode(first.bitcode!).functions.map(({ name }) => name)).toEqual(['f']);
  expect(parts).toBe(5);
  const unusual = request(
    'void f(int *a) {\n#pragma omp parallel for\nfor (int i = 0; i < 9; i++) a[i] = i;\n}\n',
    {
      flags: ['-fopenmp'],
    },
  );
  const second = await compileWith(unusual, (command) => runner.run(command));
  expect(second.text).toBe('');
  expect(readBitcode(second.bitcode!).functions.map(({ name }) => name)).toContain('__kmpc_fork_call');
  expect(parts).toBe(10);
});

test('sources that need more of clang at the same time all get it', async () => {
  const bundle = createRequire(import.meta.url).resolve('@yowasp/clang');
  const runner = new ClangRunner(clangFiles(bundle));
  const unusual = request(
    'void f(int *a) {\n#pragma omp parallel for\nfor (int i = 0; i < 9; i++) a[i] = i;\n}\n',
    { flags: ['-fopenmp'] },
  );
  const results = await Promise.all([0, 1].map(() => compileWith(unusual, (command) => runner.run(command))));
  for (const { bitcode } of results)
    expect(readBitcode(bitcode!).functions.map(({ name }) => name)).toContain('__kmpc_fork_call');
});
