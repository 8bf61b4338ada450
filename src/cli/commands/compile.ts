import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';
import { type CompileArguments, parseCompileArguments } from '../compile/arguments.js';
import { printDiagnostics } from '../compile/diagnostics.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { readInput, writeOutput } from '../files.js';
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
  const { compileFile, bundledClang } = await import('../../compiler/node/index.js');
  const front = bundledClang();
  try {
    const { object, bitcode, text, dependencies } = await compileFile(args.source, {
      front,
      includeDirs: args.includeDirs,
      defines: args.defines,
      cpu: args.cpu,
      endian: args.endian,
      debugInfo: args.debugInfo,
      flags: args.flags,
      ...(args.btf === undefined ? {} : { btf: args.btf }),
    });
    printDiagnostics(text);
    const bytes = args.emit === 'bitcode' ? bitcode : object;
    if (bytes === undefined) return 1;
    const output = args.output ?? defaultOutput(args);
    if (args.emit === 'asm') {
      const { assemblyText } = await import('../compile/assembly.js');
      const listing = assemblyText(bytes);
      if (args.output === undefined) out.write(listing);
      else await writeOutput(args.output, new TextEncoder().encode(listing));
    } else if (args.emit === 'btf') {
      const { sectionBytes } = await import('../compile/assembly.js');
      await writeOutput(output, sectionBytes(bytes, '.BTF'));
    } else await writeOutput(output, bytes);
    if (args.dependencies !== undefined) await writeDependencies(args, output, dependencies);
    return 0;
  } finally {
    await front.close();
  }
};

function defaultOutput({ source, emit }: CompileArguments): string {
  const extension = { object: 'o', bitcode: 'bc', asm: 's', btf: 'btf' }[emit];
  return `${basename(source).replace(/\.c$/, '')}.${extension}`;
}

/** A rule for make. */
async function writeDependencies(
  args: CompileArguments,
  output: string,
  files: readonly string[],
): Promise<void> {
  const path = typeof args.dependencies === 'string' ? args.dependencies : `${output.replace(/\.o$/, '')}.d`;
  const escaped = files.map((file) => file.replaceAll(' ', '\\ '));
  await writeOutput(path, new TextEncoder().encode(`${output}: ${escaped.join(' \\\n  ')}\n`));
}

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
