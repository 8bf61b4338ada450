import type { ObjectSpec } from '../../../src/object/spec.js';
import { lastWords } from '../../verifier/last-words.js';
import { KernelObject } from '../../verifier/parity/kernel-side.js';
import { type Referee, subjectOf, thisKernel } from '../../verifier/parity/subject.js';

/** What this kernel's verifier said of a program. */
export interface Walk {
  /** Instructions that it walked through, when it took the program. */
  readonly processed?: number;
  readonly text: string;
}

let kernel: Referee | undefined;

/** Loads each program of an object into the running kernel, and closes all again. */
export function processedOf(object: ObjectSpec): Map<string, Walk> {
  kernel ??= thisKernel();
  const found = new Map<string, Walk>();
  const loading = new KernelObject();
  for (const program of object.programs) {
    try {
      const { ok, log } = loading.load(subjectOf(object, program, kernel));
      const processed = Number(/processed (\d+) insns/.exec(log)?.[1] ?? 0);
      found.set(program.name, ok ? { processed, text: '' } : { text: lastWords(log) });
    } catch (error) {
      found.set(program.name, { text: String(error) });
    }
  }
  loading.close();
  return found;
}
