// Runs the generators whose output is committed. `--check` fails when that changes a file. `--kernel` runs those that
// measure the kernel of this machine instead, as root: `git diff` then shows how it differs. `--clang` reads a trace of the
// bundled clang.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const KERNEL_GENERATORS = [
  { source: 'gen/hook-tables.ts', output: 'src/hooks/measured.ts' },
  { source: 'gen/helper-callers.ts', output: 'src/helpers/callers.ts' },
  { source: 'gen/kfunc-callers.ts', output: 'src/kfuncs/callers.ts' },
  { source: 'gen/btf-arguments.ts', output: 'src/hooks/btf-arguments.ts' },
  { source: 'gen/linux-btf.ts', output: 'src/btf/linux/linux.btf.gz' },
  { source: 'gen/uapi-macros.ts', output: 'src/compiler/headers/uapi-macros.ts' },
  { source: 'gen/explanations.ts', output: 'docs/explanations.md' },
];
const CLANG_GENERATORS = [{ source: 'gen/clang-parts.ts', output: 'src/compiler/front/clang-parts.bin' }];
const USUAL_GENERATORS = [
  { source: 'gen/reference.ts', output: 'docs/reference.md' },
  { source: 'gen/support-matrix.ts', output: 'docs/support-matrix.md' },
  { source: 'gen/rules.ts', output: 'docs/rules' },
  { source: 'gen/completions.ts', output: 'completions' },
  { source: 'gen/completions.ts', output: 'man' },
];
const GENERATORS = process.argv.includes('--kernel')
  ? KERNEL_GENERATORS
  : process.argv.includes('--clang')
    ? CLANG_GENERATORS
    : USUAL_GENERATORS;

for (const { source } of GENERATORS) {
  const outfile = 'node_modules/.skep-generator.mjs';
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'warning',
  });
  try {
    execFileSync(process.execPath, [outfile], { stdio: 'inherit' });
  } finally {
    rmSync(outfile, { force: true });
  }
}
if (process.argv.includes('--check')) {
  // Files that are new count as changes too.
  execFileSync('git', ['add', '--intent-to-add', '--', ...GENERATORS.map(({ output }) => output)]);
  execFileSync('git', ['diff', '--exit-code', '--', ...GENERATORS.map(({ output }) => output)], {
    stdio: 'inherit',
  });
}
