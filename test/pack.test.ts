import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const scratch = mkdtempSync(join(tmpdir(), 'skep-pack-'));
const app = join(scratch, 'app');
const clang = resolve('node_modules/@yowasp/clang');
const env = { ...process.env, SKEP_ROOT: join(scratch, 'root'), npm_config_loglevel: 'error' };

function run(command: string, args: readonly string[], cwd = app): string {
  return execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the tarball of npm pack, installed in an empty folder with nothing else', () => {
  beforeAll(() => {
    // The build is there already: `npm test` makes it.
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch], process.cwd());
    const tarball = readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '';
    mkdirSync(app);
    writeFileSync(join(app, 'package.json'), '{ "name": "app", "type": "module" }');
    // Neither a compiler nor koffi: what is optional stays away, and no install script runs.
    run('npm', [
      'install',
      '--omit=optional',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      join(scratch, tarball),
    ]);
  }, 120_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  test('npx skep runs', () => {
    expect(run('npx', ['--no-install', 'skep', 'version'])).toContain('skep');
  });

  test('without a compiler the SYN tracer says what to install', () => {
    const refused = spawnSync('npx', ['--no-install', 'skep', 'syn', '--json'], {
      cwd: app,
      env,
      encoding: 'utf8',
    });
    expect(refused.stderr).toBe('Error: The bundled clang cannot be loaded. npm install @yowasp/clang\n');
    expect(refused.status).toBe(1);
  });

  test('the library can be imported, with its types', () => {
    writeFileSync(
      join(app, 'use.js'),
      "import { Engine, parseObject, load } from 'skep';\nconsole.log(typeof Engine.create, typeof parseObject, typeof load);\n",
    );
    expect(run(process.execPath, ['use.js'])).toBe('function function function\n');
    expect(existsSync(join(app, 'node_modules/skep/dist/types/index.d.ts'))).toBe(true);
  });

  test('it carries no tests, sources or build tools', () => {
    const files = readdirSync(join(app, 'node_modules/skep'));
    expect(files.sort()).toEqual([
      'LICENSE',
      'README.md',
      'bin',
      'completions',
      'dist',
      'docs',
      'examples',
      'man',
      'package.json',
      'tools',
    ]);
    expect(readdirSync(join(app, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['skep']);
  });

  test('with the compiler the SYN tracer runs on its own capture', () => {
    mkdirSync(join(app, 'node_modules/@yowasp'));
    symlinkSync(clang, join(app, 'node_modules/@yowasp/clang'));
    const report = JSON.parse(run('npx', ['--no-install', 'skep', 'syn', '--json'])) as Record<
      string,
      unknown
    >;
    expect(report).toHaveProperty('sources');
  });
});
