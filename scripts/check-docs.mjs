// Runs every TypeScript example of README, docs/ and the doc comments (`@example`) against the built package, and
// checks that every relative link of the Markdown files leads somewhere. An example is a ```ts block; one that is no
// whole program says ```ts fragment.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const scratch = join(root, 'dist', 'examples-check');

function filesUnder(dir, ending) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && entry.name.endsWith(ending) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

const markdown = [
  'README.md',
  'CONTRIBUTING.md',
  'RATIONALE.md',
  ...['docs', 'tools', 'examples', 'bench'].flatMap((dir) => filesUnder(dir, '.md')),
].filter(existsSync);
const problems = [];

function* examples() {
  for (const file of markdown) {
    for (const match of readFileSync(file, 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm))
      yield { file, code: match[1] };
  }
  for (const file of filesUnder('src', '.ts')) {
    for (const match of readFileSync(file, 'utf8').matchAll(/@example\n\s*\* ```ts\n([\s\S]*?)\* ```/g)) {
      yield { file, code: match[1].replace(/^\s*\* ?/gm, '') };
    }
  }
}

let ran = 0;
mkdirSync(scratch, { recursive: true });
try {
  for (const { file, code } of examples()) {
    ran++;
    const path = join(scratch, `example-${ran}.mjs`);
    const { code: js } = await transform(code, { loader: 'ts', format: 'esm', target: 'es2022' });
    writeFileSync(path, js);
    try {
      execFileSync(process.execPath, [path], { cwd: root, stdio: 'pipe', timeout: 60_000 });
    } catch (error) {
      problems.push(`${file}: example ${ran} fails:\n${code}\n${error.stderr}`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

for (const file of markdown) {
  for (const [, target] of readFileSync(file, 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    if (!existsSync(join(dirname(file), target)))
      problems.push(`${relative(root, file)}: link to ${target} leads nowhere`);
  }
}

if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n\n')}\n`);
  process.exit(1);
}
process.stdout.write(`docs: ${ran} examples ran, links of ${markdown.length} files lead somewhere\n`);
