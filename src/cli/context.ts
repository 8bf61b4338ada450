import type { OpenedKernel } from '../remote/index.js';
import type { StoredEngine } from './engine.js';
import type { Output } from './output.js';
import type { Words } from './words.js';

/** What a command works with. */
export interface Context {
  readonly words: Words;
  /** Options of this command, by name without dashes; `true` for those without a value. */
  readonly options: ReadonlyMap<string, string | true>;
  readonly out: Output;
  /** -f: show where objects are pinned. */
  readonly showPins: boolean;
  /** -d: say more, such as the verifier's log. */
  readonly debug: boolean;
  /** The folder of the root. */
  readonly root: string;
  /** Which kernel was asked for: `--kernel`, `SKEP_KERNEL`. */
  readonly kernel: 'engine' | 'linux';
  /** Runs another command line with the global options of this one. @returns its exit status */
  runLine(argv: readonly string[], into: Output): Promise<number>;
  /**
   * Opens the kernel, does the work, and, unless it only reads, makes it durable: of the engine the root, or a
   * connection to the process that serves it. Nothing is stored when the work throws. `own` serves other processes
   * meanwhile. On Linux `engine` is undefined, and only what is pinned stays.
   */
  withKernel<T>(
    purpose: 'read' | 'write' | 'own',
    work: (opened: OpenedKernel<StoredEngine>) => Promise<T>,
  ): Promise<T>;
}

/** A command's module exports this as `run`; it returns the exit status, 0 without one. */
export type Run = (context: Context) => Promise<number | undefined>;
