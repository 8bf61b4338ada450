// Imports go downwards only (docs/architecture.md). Fails on an upward import, and on a Node API in the core.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Each folder of src/ and the folders below it that it may import. */
const ALLOWED = {
  errors: [],
  isa: [],
  bytes: ['errors'],
  btf: ['errors', 'isa', 'bytes'],
  elf: ['errors', 'bytes'],
  maps: ['errors', 'isa', 'btf'],
  helpers: ['errors', 'isa', 'btf', 'maps', 'hooks'],
  kfuncs: ['errors', 'isa', 'btf', 'hooks'],
  hooks: ['errors', 'isa', 'btf'],
  object: ['errors', 'isa', 'bytes', 'btf', 'elf', 'hooks', 'maps'],
  bundler: ['errors', 'skep/compile', 'skeleton'],
  skeleton: ['errors', 'isa', 'btf', 'elf', 'object', 'hooks', 'maps'],
  compiler: ['errors', 'isa', 'bytes', 'btf', 'elf', 'hooks', 'helpers', 'maps', 'object'],
  verifier: ['errors', 'isa', 'btf', 'hooks', 'helpers', 'kfuncs', 'maps', 'object'],
  packet: ['errors', 'btf'],
  kernel: ['errors', 'isa', 'btf', 'elf', 'object', 'hooks', 'helpers', 'kfuncs', 'maps', 'verifier'],
  engine: [
    'errors',
    'isa',
    'btf',
    'elf',
    'object',
    'hooks',
    'helpers',
    'kfuncs',
    'maps',
    'verifier',
    'kernel',
    'packet',
  ],
  linux: [
    'errors',
    'isa',
    'btf',
    'elf',
    'object',
    'hooks',
    'helpers',
    'kfuncs',
    'maps',
    'verifier',
    'kernel',
  ],
  remote: [
    'errors',
    'isa',
    'btf',
    'elf',
    'object',
    'hooks',
    'helpers',
    'kfuncs',
    'maps',
    'verifier',
    'kernel',
    'engine',
  ],
  cli: [
    'errors',
    'isa',
    'btf',
    'elf',
    'object',
    'hooks',
    'helpers',
    'kfuncs',
    'maps',
    'compiler',
    'skeleton',
    'verifier',
    'kernel',
    'engine',
    'linux',
    'remote',
    'packet',
    'debug',
    'test-kit',
    'tools',
    'index.ts',
    'skep/compile',
  ],
  debug: ['errors', 'isa', 'btf', 'object', 'hooks', 'helpers', 'maps', 'verifier', 'kernel', 'engine'],
  'test-kit': ['errors', 'isa', 'btf', 'object', 'hooks', 'helpers', 'maps', 'packet', 'kernel', 'engine'],
  tools: ['index.ts', 'skep/compile'],
};
/** Where a Node API may be used. */
const NODE_MAY = [
  /^src\/(linux|cli|remote|bundler)\//,
  /^src\/engine\/root\//,
  /^src\/compiler\/(front\/)?node\//,
  /^tools\//,
  /\.test\.ts$/,
];

const problems = [];
const files = ['src', 'tools']
  .filter((dir) => existsSync(join(root, dir)))
  .flatMap((dir) =>
    readdirSync(join(root, dir), { recursive: true, withFileTypes: true })
      .filter((e) => e.isFile() && e.name.endsWith('.ts') && !/\.(wasm|text)\.ts$/.test(e.name))
      .map((e) => relative(root, join(e.parentPath, e.name))),
  );
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const isTest = file.endsWith('.test.ts');
  const area = areaOf(file);
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
    if (/^(node:|koffi$)/.test(specifier) && !NODE_MAY.some((pattern) => pattern.test(file))) {
      problems.push(`${file}: uses ${specifier}, but the core must run in a browser`);
    }
    if (!specifier.startsWith('.') || isTest || !(area in ALLOWED)) continue;
    const target = areaOf(normalize(join(dirname(file), specifier)).replace(/\.js$/, '.ts'));
    if (target !== area && !ALLOWED[area].includes(target))
      problems.push(`${file}: ${area} may not import ${target} (${specifier})`);
  }
}

function areaOf(path) {
  // What package.json exports besides index.ts.
  if (path === 'src/compiler/node/index.ts') return 'skep/compile';
  const parts = path.split(/[\\/]/);
  return parts[0] === 'src' ? parts[1] : parts[0];
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n${problems.length} forbidden imports\n`);
  process.exit(1);
}
process.stdout.write(`imports: ${files.length} files, all downwards\n`);
