import { spawnSync } from 'node:child_process';
import { type CompileArguments, parseCompileArguments } from '../compile/arguments.js';
import { build } from '../compile/build.js';
import { LoadingLine } from '../compile/loading-line.js';
import { buildOnChange } from '../compile/watch.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { readInput } from '../files.js';
import { help } from '../help.js';

/** Exit status 0, or 1 when the source has errors: clang's. */
export const run: Run = async ({ words, out }) => {
  const all = words.rest();
  if (all.includes('--help') || all.includes('-h')) {
    out.write(help('compile'));
    return 0;
  }
  const args = parseCompileArguments(all);
  // Read once here for the words of a file that cannot be.
  await readInput(args.source);
  if (args.clang !== undefined) return runNative(args.clang, args);
  const { bundledClang } = await import('../../compiler/node/index.js');
  const loading = new LoadingLine();
  const front = bundledClang(args.watch ? 'often' : 'once', (ready, of) => loading.show(ready, of));
  try {
    if (!args.watch) return (await build(args, front, out)).status;
    await buildOnChange(async () => {
      const { status, files } = await build(args, front, out);
      process.stderr.write(
        `${args.source}: ${status === 0 ? 'compiled' : 'has errors'}; waiting for changes\n`,
      );
      return files;
    });
    return 0;
  } finally {
    await front.close();
  }
};

/** A clang with a BPF back end of its own does all by itself. */
function runNative(clang: string, { words }: CompileArguments): number {
  const rest = words.filter((word, at) => !/^--clang(=|$)/.test(word) && words[at - 1] !== '--clang');
  const { status, error } = spawnSync(clang, ['-target', 'bpf', '-O2', '-g', '-c', ...rest], {
    stdio: 'inherit',
  });
  if (error !== undefined) {
    throw new CommandError(`failed to run ${clang}: ${error.message}`, {
      hint: 'without --clang the bundled one is used',
    });
  }
  return status ?? 1;
}
