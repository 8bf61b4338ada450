import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClangFiles, ReadClangFile } from '../load.js';

/** Reads the files that lie beside `bundle`, the entry of `@yowasp/clang`; blocks meanwhile. */
export function readClangFile(bundle: string): ReadClangFile {
  return async (name) => readFileSync(join(dirname(bundle), name));
}

/** The same files, for clang's own thread. */
export function clangFiles(bundle: string): ClangFiles {
  const pathOf = (name: string) => join(dirname(bundle), name);
  return {
    read: readClangFile(bundle),
    pieces: async (name, use) => {
      const file = openSync(pathOf(name), 'r');
      try {
        return use({
          size: fstatSync(file).size,
          copy: (from, length, into, at) => {
            for (let done = 0; done < length; ) {
              const read = readSync(file, into, at + done, length - done, from + done);
              if (read === 0) throw new Error(`${name} became shorter while it was read`);
              done += read;
            }
          },
        });
      } finally {
        closeSync(file);
      }
    },
  };
}
