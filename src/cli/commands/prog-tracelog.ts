import type { Context, Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { requireLinux } from '../only-linux.js';
import { takeProgram } from '../select.js';

/** Lines of `trace_pipe`, until Ctrl-C, or what is in one of a program's own streams. */
export const run: Run = async (context) => {
  const { words, out } = context;
  requireLinux(
    context,
    'prog tracelog',
    'what programs of the engine print goes to standard error of the command that runs them',
  );
  if (words.left > 0) return stream(context, words.keyword(['stdout', 'stderr']));
  const { traceLines } = await import('../../linux/index.js');
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  for await (const line of traceLines(stop.signal))
    await out.stream(out.json ? `${JSON.stringify(line)}\n` : `${line}\n`);
  out.handOver();
  return undefined;
};

function stream({ words, out, withKernel }: Context, name: 'stdout' | 'stderr'): Promise<undefined> {
  return withKernel('read', async ({ kernel }) => {
    const program = await takeProgram(words, kernel);
    words.end();
    const { LinuxProgram, readStream } = await import('../../linux/index.js');
    if (!(program instanceof LinuxProgram)) throw new CommandError('programs of the engine have no streams');
    const text = await doing(`can't read ${name} of program ${program.id}`, async () =>
      readStream(program.fd, name),
    );
    if (out.json) out.answer(text);
    else out.write(text);
    return undefined;
  });
}
