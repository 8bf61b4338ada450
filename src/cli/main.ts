import type { OpenedKernel } from '../remote/index.js';
import type { Context } from './context.js';
import type { StoredEngine } from './engine.js';
import { exitStatus, renderFailure } from './failure.js';
import { Output, writeAll } from './output.js';
import { type CommandLine, parseCommandLine, type Wanted } from './parse.js';
import { UsageError } from './usage.js';
import { Words } from './words.js';

/** Runs one command line. @returns the exit status: 0, 1 when it failed, 2 when it made no sense. */
export async function main(argv: readonly string[]): Promise<number> {
  survivePipes();
  const json = argv.some((arg) => /^-[a-zA-Z]*[jp]/.test(arg) || arg === '--json' || arg === '--pretty');
  const pretty = argv.some((arg) => /^-[a-zA-Z]*p/.test(arg) || arg === '--pretty');
  try {
    return await dispatch(parseCommandLine(argv));
  } catch (error) {
    const text = renderFailure(error, json, pretty);
    await writeAll(json ? process.stdout : process.stderr, text);
    return exitStatus(error);
  }
}

/** Who reads our output may stop: that is no error, and there is nobody to tell. A full disk is one. */
function survivePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
      if (stream === process.stdout) process.stderr.write(`Error: cannot write the output: ${error.code}\n`);
      process.exit(1);
    });
  }
}

async function dispatch(line: CommandLine): Promise<number> {
  const out = new Output(line.json, line.pretty);
  const status = await execute(line, out);
  await out.flush();
  return status;
}

/** Runs a command whose output is collected. */
async function execute(line: CommandLine, out: Output): Promise<number> {
  const { wants } = line;
  switch (wants.kind) {
    case 'help': {
      const { help } = await import('./help.js');
      out.handOver();
      out.write(help(wants.object));
      return 0;
    }
    case 'version':
      return (await (await import('./commands/version.js')).run({ out })) ?? 0;
    case 'command':
      return runCommand(line, wants, out);
    default:
      return wants satisfies never;
  }
}

async function runCommand(line: CommandLine, wanted: Wanted, out: Output): Promise<number> {
  const { row, words, options } = wanted;
  const name = chosenKernel(line.kernel);
  const { rootFolder } = await import('../engine/root/folder.js');
  const root = rootFolder();
  const context: Context = {
    words: new Words(words),
    options,
    out,
    showPins: line.showPins,
    debug: line.debug,
    root,
    kernel: name,
    runLine: async (argv, into) =>
      execute(
        {
          ...parseCommandLine(argv),
          json: line.json,
          pretty: line.pretty,
          kernel: line.kernel,
          noMount: line.noMount,
        },
        into,
      ),
    withKernel: (purpose, work) => withKernel({ name, root, mount: !line.noMount }, out, purpose, work),
  };
  try {
    const { run } = await row.load();
    return (await run(context)) ?? 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { usageOf } = await import('./help.js');
    const hint = [error.hint, usageOf(row)].filter(Boolean).join(' ');
    throw new UsageError(error.message, { hint, facts: error.facts });
  }
}

async function withKernel<T>(
  { name, root, mount }: ChosenKernel,
  out: Output,
  purpose: 'read' | 'write' | 'own',
  work: (opened: OpenedKernel<StoredEngine>) => Promise<T>,
): Promise<T> {
  if (name === 'linux') return withLinux(out, mount, work);
  const [{ openKernel }, { restoreEngine }] = await Promise.all([
    import('../remote/index.js'),
    import('./engine.js'),
  ]);
  const opened = await openKernel({ root, purpose, restore: restoreEngine });
  try {
    out.note(`${opened.kernel.description} · root ${root}`);
    const result = await work(opened);
    if (purpose !== 'read') opened.commit();
    return result;
  } finally {
    await opened.close();
  }
}

/** The kernel that this process runs on: nothing is stored, and what is to stay has to be pinned. */
async function withLinux<T>(
  out: Output,
  mount: boolean,
  work: (opened: OpenedKernel<StoredEngine>) => Promise<T>,
): Promise<T> {
  const { LinuxKernel } = await import('../linux/index.js');
  const kernel = LinuxKernel.open({ mount });
  try {
    out.note(kernel.description);
    return await work({ kernel, engine: undefined, commit: () => {}, close: () => kernel.close() });
  } finally {
    await kernel.close();
  }
}

interface ChosenKernel {
  readonly name: 'engine' | 'linux';
  /** The folder of the engine's root. */
  readonly root: string;
  /** Mount the BPF file system of Linux where it is missing. */
  readonly mount: boolean;
}

function chosenKernel(option: string | undefined): ChosenKernel['name'] {
  const kernel = option ?? (process.env['SKEP_KERNEL'] || 'engine');
  if (kernel === 'engine' || kernel === 'linux') return kernel;
  const source = option === undefined ? 'SKEP_KERNEL' : '--kernel';
  throw new UsageError(`${source} is '${kernel}', but a kernel is 'engine' or 'linux'`);
}
