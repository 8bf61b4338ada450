// The thread that runs clang. The build bundles this file into worker.text.ts.
import { parentPort, workerData } from 'node:worker_threads';
import type { ClangCommand } from '../command.js';
import { type Clang, loadClang } from '../load.js';
import { runClang } from '../run.js';
import { readClangFile } from './files.js';
import type { FromWorker, WorkerAnswer, WorkerQuestion } from './messages.js';

const tell = (message: FromWorker) => parentPort?.postMessage(message);
const load = () =>
  loadClang(readClangFile((workerData as { readonly clang: string }).clang), (ready, of) =>
    tell({ ready, of }),
  );
// Loading begins with the thread; a failure is told to who asks.
let loading: Promise<Clang> | undefined = load();
loading.catch(() => {});

async function answer(command: ClangCommand): Promise<WorkerAnswer['outcome']> {
  try {
    loading ??= load();
    return { run: await runClang(await loading, command) };
  } catch (error) {
    loading = undefined;
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', async ({ id, command }: WorkerQuestion) => {
  tell({ id, outcome: await answer(command) });
});
