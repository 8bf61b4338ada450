import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** A script that imports sources of skep by path from the repository's root, made runnable in a process of its own. */
export interface ChildScript {
  readonly path: string;
  dispose(): void;
}

/** Bundles `source`, an ES module in TypeScript. */
export function childScript(source: string): ChildScript {
  const folder = mkdtempSync(join(tmpdir(), 'skep-child-'));
  const path = join(folder, 'script.mjs');
  const { outputFiles } = buildSync({
    stdin: { contents: source, resolveDir: resolve('.'), loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    write: false,
  });
  writeFileSync(path, outputFiles[0]!.contents);
  return { path, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
