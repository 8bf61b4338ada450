import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skepEsbuild, skepVite } from '../../src/bundler/index.js';
import { compileObject } from '../../src/compiler/node/index.js';
import { Engine } from '../../src/engine/engine.js';
import { ObjectModule } from '../../src/kernel/object-module.js';
import { skeletonC } from '../../src/skeleton/c.js';
import { subskeletonC } from '../../src/skeleton/c-sub.js';
import { identifierOf, type SkeletonModel, skeletonModel } from '../../src/skeleton/model.js';
import { skeletonTs } from '../../src/skeleton/ts.js';
import { ensureBuilt } from '../support/cli.js';

// Inside the repository, so that `skep` can be found.
const folder = resolve(`node_modules/.cache/skep-skeleton-${process.pid}`);
const source = join(folder, 'kinds.bpf.c');
let model: SkeletonModel;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  copyFileSync('test/skeleton/kinds.bpf.c', source);
  model = skeletonModel(await compileObject(source), 'kinds');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const bundled = (contents: string, plugin = skepEsbuild()) =>
  build({
    stdin: { contents, resolveDir: folder, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
    alias: { skep: resolve('src/index.ts') },
    plugins: [plugin],
  });

async function runBundle(contents: string): Promise<unknown> {
  const { outputFiles } = await bundled(contents);
  const path = join(folder, 'bundle.mjs');
  writeFileSync(path, outputFiles[0]!.contents);
  return ((await import(pathToFileURL(path).href)) as { default: unknown }).default;
}

describe('a module of an object', () => {
  test('gives maps, constants, variables and records their types', async () => {
    const kinds = new ObjectModule('kinds', model.bytes);
    const engine = await Engine.create({ cpus: 1 });
    const loaded = await kinds.load(engine, { globals: { rodata: { limit: 1 }, bss: { seen: 4 } } });
    const events = engine.ringBuffer(loaded.object.map('events'));
    expect((await loaded.program('count').run({ data: new Uint8Array(64) })).returnValue).toBe(1);
    const globals = loaded.globals as Record<
      string,
      {
        read(): Promise<unknown>;
        write(v: object): Promise<void>;
        get(name: string): Promise<unknown>;
        set(name: string, value: unknown): Promise<void>;
      }
    >;
    expect(await globals['bss']!.read()).toMatchObject({ seen: 5n });
    expect(await globals['data']!.read()).toEqual({ label: 'start' });
    await globals['bss']!.write({ seen: 40 });
    await globals['data']!.write({ label: 'later' });
    expect(await globals['bss']!.read()).toMatchObject({ seen: 40n });
    await globals['bss']!.set('seen', 41n);
    expect([await globals['bss']!.get('seen'), await globals['rodata']!.get('limit')]).toEqual([41n, 1]);
    await expect(globals['bss']!.get('sene')).rejects.toThrow('.bss has no variable sene');
    await expect(globals['rodata']!.set('limit', 2)).rejects.toMatchObject({ errno: 'EPERM' });
    expect(await loaded.object.map('pairs').get('RED')).toMatchObject({
      left: 1,
      right: 5n,
      number: 0,
      bytes: [0, 0, 0, 0],
      colour: 'GREEN',
      bits: { a: -1, b: 300, c: -2n },
      matrix: [
        [0, 0, 0],
        [0, 0, 0],
      ],
      ready: false,
      next: 0n,
    });
    expect(await loaded.object.map('totals').get(0)).toEqual([1n]);
    const [record] = [...events.read()];
    expect(kinds.decode('event' as never, record!)).toEqual({ pid: 7, when: 5n, wide: 'HUGE' });
    await engine.close();
  });

  test.each<[object, string]>([
    [{ data: { lable: 'x' } }, '.data has no variable lable'],
    [{ custom: {} }, 'the object has no variables in custom'],
    [{ data: { label: 'far too long' } }, 'variable label: the value has 12 bytes; 8 fit'],
  ])('refuses to set %j', async (globals, message) => {
    const engine = await Engine.create();
    const loading = new ObjectModule('kinds', model.bytes).load(engine, { globals });
    await expect(loading).rejects.toThrow(message);
    await engine.close();
  });

  test('is TypeScript, whose types are those of the values', async () => {
    await ensureBuilt();
    writeFileSync(join(folder, 'kinds.ts'), skeletonTs(model, { types: ['event'] }));
    writeFileSync(join(folder, 'use.ts'), readFileSync('test/skeleton/use.ts.txt'));
    const config = {
      compilerOptions: {
        strict: true,
        noEmit: true,
        target: 'es2022',
        module: 'nodenext',
        types: [],
        lib: ['es2022', 'dom', 'esnext.disposable'],
        skipLibCheck: true,
        allowArbitraryExtensions: true,
        paths: { skep: [resolve('dist/types/index.d.ts')] },
      },
      files: ['use.ts', 'imported.ts'],
    };
    // The plug-in's declarations are those of the same module.
    await bundled("import kinds from './kinds.bpf.c'; console.log(kinds)");
    writeFileSync(
      join(folder, 'imported.ts'),
      readFileSync('test/skeleton/use.ts.txt', 'utf8').replace('./kinds.js', './kinds.bpf.c'),
    );
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    const tsc = () =>
      execFileSync('node_modules/.bin/tsc', ['-p', folder], { encoding: 'utf8', stdio: 'pipe' });
    expect(tsc()).toBe('');
  }, 120_000);

  test('knows types that nothing but a pointer names, and says why others are missing', () => {
    expect(skeletonTs(model)).toContain('export interface event {');
    expect(() => skeletonTs(model, { types: ['evnt'] })).toThrow(
      'type evnt has no type for TypeScript: the object does not have it; compilers leave out what nothing names',
    );
  });

  test('is refused when a map does not tell the type of its values', () => {
    const legacy = skeletonModel(new Uint8Array(readFileSync('test/cases/objects/legacy.o')), 'legacy');
    expect(() => skeletonTs(legacy)).toThrow(
      /^the key of map counts has no type for TypeScript: the object says that it has \d+ bytes, not what they are$/,
    );
  });
});

describe('the plug-in of bundlers', () => {
  test('compiles an imported source, which runs in the bundle', async () => {
    const answer = await runBundle(`
      import { Engine } from 'skep';
      import kinds from './kinds.bpf.c';
      const engine = await Engine.create();
      const loaded = await kinds.load(engine, { globals: { rodata: { limit: 0 } } });
      export default (await loaded.program('count').run({ data: new Uint8Array(64) })).returnValue;
      await engine.close();`);
    expect(answer).toBe(1);
    expect(readFileSync(join(folder, 'kinds.bpf.d.c.ts'), 'utf8')).toContain(
      'declare const $kinds: $ObjectModule<$Shape>',
    );
  });

  test('says what the compiler says', async () => {
    writeFileSync(join(folder, 'bad.bpf.c'), 'int x = y;\n');
    await expect(bundled("import bad from './bad.bpf.c'; console.log(bad)")).rejects.toThrow(
      /bad\.bpf\.c:1:9: error: use of undeclared identifier 'y'/,
    );
    await expect(bundled("import none from './none.bpf.c'; console.log(none)")).rejects.toThrow(
      /none\.bpf\.c/,
    );
  });

  test('does the same for Vite', async () => {
    const watched: string[] = [];
    const context = { addWatchFile: (path: string) => void watched.push(path), warn: () => {} };
    const plugin = skepVite({ declarations: false });
    expect(await plugin.load.call(context, `${source}?used`)).toMatch(
      /^import \{ ObjectModule as \$ObjectModule \} from 'skep';/,
    );
    expect(watched).toContain(source);
    expect(await plugin.load.call(context, 'other.ts')).toBeUndefined();
  });
});

const hasLibbpf = (() => {
  try {
    execFileSync('gcc', ['-E', '-include', 'bpf/libbpf.h', '-x', 'c', '/dev/null'], { stdio: 'ignore' });
    return '';
  } catch {
    return '(skipped: no gcc or no libbpf-dev here)';
  }
})();

describe(`a header for C ${hasLibbpf}`, () => {
  const types = 'enum colour { RED }; struct pair; struct event;\n#include <linux/types.h>\n';
  const compiles = (name: string, header: string, body: string, compiler: string[]) => {
    writeFileSync(join(folder, name), header);
    const path = join(folder, `${name}.${compiler[0] === 'g++' ? 'cc' : 'c'}`);
    writeFileSync(path, `${types}#include "${name}"\n${body}\n`);
    execFileSync(
      compiler[0]!,
      [...compiler.slice(1), '-Wall', '-Wextra', '-Werror', path, '-o', `${path}.out`, '-lbpf'],
      {
        stdio: 'pipe',
      },
    );
    return `${path}.out`;
  };
  const main = `#include <stdio.h>
    int main(void) {
      struct kinds *skel = kinds__open();
      if (!skel) return 1;
      skel->rodata->limit = 5;
      printf("%u %s %s %d", skel->rodata->limit, skel->data->label, bpf_program__name(skel->progs.count),
             bpf_map__type(skel->maps.pairs) == BPF_MAP_TYPE_HASH);
      kinds__destroy(skel);
      return 0;
    }`;

  test.skipIf(hasLibbpf !== '').each([[['gcc']], [['g++', '-std=c++17']]])(
    'embeds the object for %j',
    (compiler) => {
      const program = compiles('kinds.skel.h', skeletonC(model), main, compiler);
      expect(execFileSync(program, { encoding: 'utf8' })).toBe('5 start count 1');
    },
  );

  test.skipIf(hasLibbpf !== '')('finds the parts of a library in the object that holds it', () => {
    const part = skeletonModel(model.bytes, 'part');
    writeFileSync(join(folder, 'kinds.skel.h'), skeletonC(model));
    const body = `#include <stdio.h>
      #include "kinds.skel.h"
      int main(void) {
        struct kinds *skel = kinds__open();
        struct part *part = skel ? part__open(skel->obj) : NULL;
        if (!part) return 1;
        *part->rodata.limit = 9;
        printf("%u %s %d", skel->rodata->limit, *part->data.label, part->maps.pairs == skel->maps.pairs);
        part__destroy(part);
        kinds__destroy(skel);
        return 0;
      }`;
    const program = compiles('part.subskel.h', subskeletonC(part), body, ['gcc']);
    expect(execFileSync(program, { encoding: 'utf8' })).toBe('9 start 1');
  });
});

test('an object is named after its file', () => {
  expect(identifierOf('a/b/tcp-syn.bpf.o')).toBe('tcp_syn_bpf');
  expect(identifierOf('9.c')).toBe('_9');
});
