import { SkepError } from '../errors/base.js';
import type { Rejection } from '../verifier/verify.js';

/** The verifier refused a program. `rejection` is the reason as data, `log` the same in Linux's words. */
export class ProgramRejected extends SkepError {
  readonly program: string;
  readonly rejection: Rejection;
  readonly log: string;

  constructor(program: string, rejection: Rejection, log: string) {
    super('PROGRAM_REJECTED', `the verifier rejects program ${program}: ${rejection.message}`, {
      facts: {
        program,
        rule: rejection.rule,
        insn: rejection.insn,
        errno: rejection.errno,
        line: rejection.line,
        ...rejection.facts,
      },
      ...(rejection.hint === undefined ? {} : { hint: rejection.hint }),
    });
    this.name = 'ProgramRejected';
    this.program = program;
    this.rejection = rejection;
    this.log = log;
  }
}
