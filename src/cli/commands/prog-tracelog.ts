import type { Run } from '../context.js';
import { requireLinux } from '../only-linux.js';

/** Lines of `trace_pipe`, until Ctrl-C. */
export const run: Run = async (context) => {
  const { words, out } = context;
  words.end();
  requireLinux(
    context,
    'prog tracelog',
    'what programs of the engine print goes to standard error of the command that runs them',
  );
  const { traceLines } = await import('../../linux/index.js');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  for await (const line of traceLines(stop.signal))
    await out.stream(out.json ? `${JSON.stringify(line)}\n` : `${line}\n`);
  out.handOver();
  return undefined;
};
