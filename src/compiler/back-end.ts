import { readBitcode } from './bitcode/read.js';
import { pathOf, type SourceLines } from './emit/debug-info.js';
import { emitObject } from './emit/object.js';
import type { BpfCpu } from './front/front.js';
import type { IrModule } from './ir/module.js';
import { SourceProblem } from './problem.js';
import { allocate } from './regalloc/allocate.js';
import { selectModule } from './select/select.js';

export interface BackEndOptions {
  /** Which instructions the program may use; `v3` unless said. */
  readonly cpu?: BpfCpu;
  /** Lines of the source, which BTF.ext quotes. */
  readonly sourceLines?: SourceLines;
}

/**
 * Compiles LLVM bitcode to a BPF object.
 *
 * @throws SourceProblem for what BPF cannot do; SkepError `BITCODE_*` for bitcode that is damaged or too new
 */
export function compileBitcode(bitcode: Uint8Array, options: BackEndOptions = {}): Uint8Array {
  const module = readBitcode(bitcode);
  try {
    return compileModule(module, options);
  } catch (error) {
    if (error instanceof SourceProblem && error.location !== undefined) {
      error.file ??= pathOf(module, error.location.scope);
    }
    throw error;
  }
}

function compileModule(module: IrModule, { cpu = 'v3', sourceLines }: BackEndOptions): Uint8Array {
  const functions = selectModule(module, { cpu }).map((fn) => allocate(fn, cpu));
  const littleEndian = !module.triple.startsWith('bpfeb');
  return emitObject(module, functions, {
    littleEndian,
    ...(sourceLines === undefined ? {} : { sourceLines }),
  });
}
