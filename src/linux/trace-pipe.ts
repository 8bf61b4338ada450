import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { tracefs } from './sys/tracefs.js';

/** Lines that programs print (`bpf_printk`), as they come, until aborted. Each line goes to one reader only. */
export async function* traceLines(signal: AbortSignal): AsyncGenerator<string> {
  const stream = createReadStream(`${tracefs()}/trace_pipe`, { signal });
  try {
    yield* createInterface({ input: stream });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stream.destroy();
  }
}
