import { basename } from 'node:path';
import type { FrontEnd } from '../../compiler/front/front.js';
import { writeOutput } from '../files.js';
import type { Output } from '../output.js';
import type { CompileArguments } from './arguments.js';
import { printDiagnostics } from './diagnostics.js';

export interface Built {
  /** Of clang: 1 when the source has errors. */
  readonly status: 0 | 1;
  /** Every file that was read. */
  readonly files: readonly string[];
}

/** Compiles what the command line says, and writes it whole or not at all. */
export async function build(args: CompileArguments, front: FrontEnd, out: Output): Promise<Built> {
  const { compileFile } = await import('../../compiler/node/index.js');
  const compiled = await compileFile(args.source, {
    front,
    includeDirs: args.includeDirs,
    quietDirs: args.quietDirs,
    lastDirs: args.lastDirs,
    forced: args.forced,
    defines: args.defines,
    cpu: args.cpu,
    endian: args.endian,
    debugInfo: args.debugInfo,
    flags: args.flags,
    ...(args.btf === undefined ? {} : { btf: args.btf }),
  });
  const files = compiled.dependencies;
  printDiagnostics(compiled.text);
  const bytes = args.emit === 'bitcode' ? compiled.bitcode : compiled.object;
  if (bytes === undefined) return { status: 1, files };
  const output = args.output ?? defaultOutput(args);
  await write(args, bytes, output, out);
  if (args.dependencies !== undefined) {
    const listed = args.allDependencies
      ? files
      : files.filter((file) => !compiled.systemDependencies.includes(file));
    await writeDependencies(args, output, listed);
  }
  return { status: 0, files };
}

async function write(args: CompileArguments, bytes: Uint8Array, output: string, out: Output): Promise<void> {
  switch (args.emit) {
    case 'object':
    case 'bitcode':
      return writeOutput(output, bytes);
    case 'btf': {
      const { sectionBytes } = await import('./assembly.js');
      return writeOutput(output, sectionBytes(bytes, '.BTF'));
    }
    case 'asm': {
      const { assemblyText } = await import('./assembly.js');
      const listing = assemblyText(bytes);
      if (args.output !== undefined) return writeOutput(output, new TextEncoder().encode(listing));
      out.write(listing);
      return;
    }
    default:
      args.emit satisfies never;
  }
}

function defaultOutput({ source, emit }: CompileArguments): string {
  const extension = { object: 'o', bitcode: 'bc', asm: 's', btf: 'btf' }[emit];
  return `${basename(source).replace(/\.(?:c|bc)$/, '')}.${extension}`;
}

/** A rule for make. */
async function writeDependencies(
  args: CompileArguments,
  output: string,
  files: readonly string[],
): Promise<void> {
  const path = typeof args.dependencies === 'string' ? args.dependencies : `${output.replace(/\.o$/, '')}.d`;
  const escaped = files.map((file) => file.replaceAll(' ', '\\ '));
  const rule = `${args.dependencyTarget ?? output}: ${escaped.join(' \\\n  ')}\n`;
  await writeOutput(path, new TextEncoder().encode(rule));
}
