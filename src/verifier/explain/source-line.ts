import type { InsnIndex } from '../../isa/index.js';
import type { LineInfo } from '../../object/spec.js';
import type { VerifierProgram } from '../verify.js';

/** The source line that an instruction came from. */
export function lineOf(program: Pick<VerifierProgram, 'lines'>, insn: InsnIndex): LineInfo | undefined {
  let found: LineInfo | undefined;
  for (const line of program.lines) {
    if (line.insn > insn) break;
    found = line;
  }
  return found;
}
