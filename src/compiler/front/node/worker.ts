// The thread that runs clang. The build bundles this file into worker.text.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { ClangCommand } from '../command.js';
import { ClangRunner } from '../run.js';
import { clangFiles } from './files.js';
import type { FromWorker, WorkerAnswer, WorkerQuestion } from './messages.js';

const tell = (message: FromWorker) => parentPort?.postMessage(message);
const runner = new ClangRunner(clangFiles((workerData as { readonly clang: string }).clang), (ready, of) =>
  tell({ ready, of }),
);
// Loading begins with the thread; a failure is told to who asks.
runner.load().catch(() => {});

async function answer(command: ClangCommand): Promise<WorkerAnswer['outcome']> {
  try {
    return { run: await runner.run(command) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', async ({ id, command }: WorkerQuestion) => {
  tell({ id, outcome: await answer(command) });
});
