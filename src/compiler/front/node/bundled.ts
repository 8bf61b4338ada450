import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { compileError } from '../../../errors/compile.js';
import type { ClangCommand } from '../command.js';
import type { FrontEnd } from '../front.js';
import type { LoadProgress } from '../load.js';
import { type ClangRun, compileWith } from '../run.js';
import type { FromWorker, WorkerAnswer, WorkerQuestion } from './messages.js';
import { program } from './worker.text.js';

interface Waiting {
  readonly resolve: (run: ClangRun) => void;
  readonly reject: (error: Error) => void;
}

/** A thread with clang in it, and who waits for it. It does not keep the process alive while nobody does. */
class ClangThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #questions = 0;
  /** Set once the thread has ended and can answer no more. */
  ended = false;

  constructor(clang: string, progress: LoadProgress) {
    this.#worker = new Worker(program, { eval: true, workerData: { clang } });
    this.#worker.unref();
    this.#worker.on('message', (message: FromWorker) => {
      if ('id' in message) this.#answer(message);
      else progress(message.ready, message.of);
    });
    this.#worker.on('error', (cause) => this.#end(cause));
    this.#worker.on('exit', () => this.#end(undefined));
  }

  ask(command: ClangCommand): Promise<ClangRun> {
    const id = this.#questions++;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, command } satisfies WorkerQuestion);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #answer({ id, outcome }: WorkerAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('run' in outcome) waiting?.resolve(outcome.run);
    else waiting?.reject(noClang(outcome.failure));
  }

  #end(cause: unknown): void {
    this.ended = true;
    for (const { reject } of this.#waiting.values()) {
      reject(compileError('COMPILE_CLANG_CRASHED', "clang's thread ended before it was done", { cause }));
    }
    this.#waiting.clear();
  }
}

let shared: ClangThread | undefined;

/** V8's usual ways: `--liftoff-only` switches the other two off. */
const OPTIMISED = ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

/**
 * The bundled clang (`@yowasp/clang`) in a thread of its own. One thread serves the whole process: clang is
 * loaded by the first compilation and stays for the next ones; a closed one starts again when asked.
 *
 * @param use `once` for a process that compiles once: V8 then leaves clang's code unoptimised, which halves the work of
 * the first compilation, and makes further ones slower. The setting is the process's until `close`.
 * @param progress told while clang is loaded
 */
export function bundledClang(use: 'once' | 'often' = 'often', progress: LoadProgress = () => {}): FrontEnd {
  return {
    compile: (request) => compileWith(request, (command) => thread(use, progress).ask(command)),
    prepare: () => {
      thread(use, progress);
    },
    close: async () => {
      const closing = shared;
      shared = undefined;
      await closing?.close();
      if (use === 'once') for (const flag of OPTIMISED) setFlagsFromString(flag);
    },
  };
}

function thread(use: 'once' | 'often', progress: LoadProgress): ClangThread {
  if (shared === undefined || shared.ended) {
    if (use === 'once') setFlagsFromString('--liftoff-only');
    shared = new ClangThread(findClang(), progress);
  }
  return shared;
}

function findClang(): string {
  try {
    return createRequire(import.meta.url).resolve('@yowasp/clang');
  } catch (cause) {
    throw noClang(cause);
  }
}

function noClang(cause: unknown): Error {
  return compileError('COMPILE_NO_CLANG', 'The bundled clang cannot be loaded', {
    cause,
    hint: 'npm install @yowasp/clang',
  });
}
