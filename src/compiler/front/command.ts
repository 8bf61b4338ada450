import { compileError } from '../../errors/compile.js';
import type { FrontRequest } from './front.js';

/** One run of clang: its arguments, and all files that it can see. */
export interface ClangCommand {
  readonly args: readonly string[];
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** Where clang writes; no source can have the name. */
export const OUTPUT = '.skep-output.bc';
/**
 * Makes clang's command for a request. It is a `-cc1` command, what clang's driver would run: the driver
 * itself costs as much again as a small compilation. Jump tables and vectors are off: BPF has neither.
 */
export function clangCommand(request: FrontRequest): ClangCommand {
  const { source } = request;
  if (request.files[source] === undefined) {
    throw compileError('COMPILE_BAD_REQUEST', `The source ${source} is not among the files`, {
      facts: { source },
    });
  }
  const triple = request.endian === 'big' ? 'bpfeb' : 'bpfel';
  const args = [
    '-cc1',
    ...['-triple', triple, '-target-cpu', request.cpu ?? 'v3', '-O2', '-emit-llvm-bc', '-disable-free'],
    ...['-main-file-name', source.slice(source.lastIndexOf('/') + 1)],
    ...['-mrelocation-model', 'static', '-mframe-pointer=all', '-fno-jump-tables'],
    ...['-fmath-errno', '-ffp-contract=on', '-fgnuc-version=4.2.1', '-ferror-limit', '19'],
    '-nobuiltininc',
    ...(request.debugInfo === false ? [] : debugFlags(request.directory ?? '/')),
    ...(request.includeDirs ?? []).flatMap((dir) => ['-I', dir]),
    ...(request.systemDirs ?? []).flatMap((dir) => ['-internal-isystem', dir]),
    ...(request.defines ?? []).flatMap((define) => ['-D', define]),
    ...(request.flags ?? []),
    ...['-o', OUTPUT, '-x', 'c', source],
  ];
  return { args, files: request.files };
}

function debugFlags(directory: string): string[] {
  return [
    '-debug-info-kind=constructor',
    '-dwarf-version=5',
    '-debugger-tuning=gdb',
    `-fdebug-compilation-dir=${directory}`,
  ];
}
