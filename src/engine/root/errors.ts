import { SkepError, type SkepErrorDetails } from '../../errors/base.js';

export type RootErrorCode =
  | 'ROOT_CORRUPT'
  | 'ROOT_FOREIGN'
  | 'ROOT_VERSION'
  | 'ROOT_BUSY'
  | 'ROOT_NO_SPACE'
  | 'ROOT_UNWRITABLE'
  | 'ROOT_UNREADABLE'
  | 'ROOT_NOT_A_FOLDER'
  | 'ROOT_IO';

/** Why a root could not be opened, read or written. What was on disk before is still there, whole. */
export class RootError extends SkepError {
  constructor(code: RootErrorCode, message: string, details: SkepErrorDetails = {}) {
    super(code, message, details);
    this.name = 'RootError';
  }
}

/** A damaged file: says which, what is wrong with it, and what to do. */
export function corrupt(path: string, what: string, cause?: unknown): RootError {
  return new RootError('ROOT_CORRUPT', `${path} is damaged: ${what}`, {
    facts: { path },
    hint: 'Restore the folder from a backup, or move it away to begin with an empty root.',
    cause,
  });
}

/** The system's code of an error of `node:fs`: `ENOSPC`, …; '' for anything else. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

const NO_SPACE = 'The root still holds what it held before; free some space and run the command again.';
const UNWRITABLE = 'Give yourself write access to it, or choose another folder with SKEP_ROOT.';

/** Turns an error of `node:fs` into one clear line about the root. Anything else is returned as it is. */
export function fileError(error: unknown, path: string, verb: 'read' | 'write'): unknown {
  const code = systemCode(error);
  const facts = { path, errno: code };
  switch (code) {
    case '':
      return error;
    case 'ENOSPC':
    case 'EDQUOT':
      return new RootError('ROOT_NO_SPACE', `no space left on the disk of ${path}`, {
        facts,
        hint: NO_SPACE,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS': {
      const why = code === 'EROFS' ? 'its file system is read-only' : 'permission denied';
      const word = verb === 'read' ? 'ROOT_UNREADABLE' : 'ROOT_UNWRITABLE';
      return new RootError(word, `cannot ${verb} ${path}: ${why}`, { facts, hint: UNWRITABLE, cause: error });
    }
    case 'ENOENT':
      if (verb === 'read') break;
      return new RootError('ROOT_UNWRITABLE', `cannot write ${path}: no folder can be made there`, {
        facts,
        hint: 'Choose another folder with SKEP_ROOT.',
        cause: error,
      });
    case 'ENOTDIR':
    case 'EISDIR':
      return new RootError(
        'ROOT_NOT_A_FOLDER',
        `cannot ${verb} ${path}: a file is where a folder should be`,
        {
          facts,
          hint: 'Choose another folder with SKEP_ROOT, or move the file away.',
          cause: error,
        },
      );
  }
  return new RootError('ROOT_IO', `cannot ${verb} ${path}: ${code}`, { facts, cause: error });
}
