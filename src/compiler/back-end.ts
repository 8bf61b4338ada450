import { readBitcode } from './bitcode/read.js';
import type { SourceLines } from './emit/debug-info.js';
import { emitObject } from './emit/object.js';
import type { BpfCpu } from './front/front.js';
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
  const cpu = options.cpu ?? 'v3';
  const functions = selectModule(module, { cpu }).map((fn) => allocate(fn, cpu));
  const littleEndian = !module.triple.startsWith('bpfeb');
  return emitObject(module, functions, {
    littleEndian,
    ...(options.sourceLines === undefined ? {} : { sourceLines: options.sourceLines }),
  });
}
