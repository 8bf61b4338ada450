import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ReadClangFile } from '../load.js';

/** Reads the files that lie beside `bundle`, the entry of `@yowasp/clang`. */
export function readClangFile(bundle: string): ReadClangFile {
  return (name) => readFile(join(dirname(bundle), name));
}
