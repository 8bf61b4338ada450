import type { ClangCommand } from '../command.js';
import type { ClangRun } from '../run.js';

/** From the main thread to clang's. */
export interface WorkerQuestion {
  readonly id: number;
  readonly command: ClangCommand;
}

/** And back: the run, or why clang could not be loaded. */
export interface WorkerAnswer {
  readonly id: number;
  readonly outcome: { readonly run: ClangRun } | { readonly failure: string };
}

/** How far loading is, or an answer. */
export type FromWorker = WorkerAnswer | { readonly ready: number; readonly of: number };
