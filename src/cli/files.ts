import { readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { CommandError } from './failure.js';

/** The bytes of a file, or of standard input for `-`. */
export async function readInput(path: string): Promise<Uint8Array> {
  try {
    if (path !== '-') return new Uint8Array(await readFile(path));
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return new Uint8Array(Buffer.concat(chunks));
  } catch (error) {
    throw fileFailure('open', path, error);
  }
}

/** Writes a file as a whole or not at all: whoever looks meanwhile sees the old one. Devices and pipes are written as they are. */
export async function writeOutput(path: string, data: Uint8Array | string): Promise<void> {
  try {
    const present = await stat(path).catch(() => undefined);
    if (present !== undefined && !present.isFile()) return await writeFile(path, data);
    // A link stays a link: what it leads to is replaced.
    const target = present === undefined ? path : await realpath(path);
    await replaceFile(target, data, present?.mode);
  } catch (error) {
    throw fileFailure('write', path, error);
  }
}

async function replaceFile(
  target: string,
  data: Uint8Array | string,
  mode: number | undefined,
): Promise<void> {
  const fresh = `${target}.${process.pid}.tmp`;
  try {
    await writeFile(fresh, data, { flag: 'wx', ...(mode === undefined ? {} : { mode: mode & 0o7777 }) });
    await rename(fresh, target);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'No such file or directory',
  EACCES: 'Permission denied',
  EISDIR: 'Is a directory',
  ENOTDIR: 'Not a directory',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  EPERM: 'Operation not permitted',
};

export function fileFailure(verb: string, path: string, cause: unknown): CommandError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return new CommandError(`failed to ${verb} ${path}: ${WORDS[code] ?? (code || String(cause))}`, { cause });
}
