import type { LoadableProgram } from '../../kernel/kernel.js';
import { ProgramRejected } from '../../kernel/rejected.js';
import type { LineInfo } from '../../object/spec.js';
import type { Rejection } from '../../verifier/verify.js';
import { errnoName } from '../explain/errno.js';

const ERRNOS: readonly string[] = [
  'EACCES',
  'EINVAL',
  'E2BIG',
  'EPERM',
  'EFAULT',
  'ENOTSUPP',
  'EBADF',
] satisfies readonly Rejection['errno'][];

/** What the kernel's verifier said, as data: its last sentence, and the instruction before it. */
export function rejected(program: LoadableProgram, errno: number, log: string): ProgramRejected {
  const { message, insn } = verdict(log);
  const line = lineAt(program.lines, insn);
  const name = errnoName(errno);
  const rejection: Rejection = {
    rule: 'linux',
    insn,
    message: message || `${name}, without a reason`,
    errno: ERRNOS.includes(name) ? (name as Rejection['errno']) : 'EINVAL',
    ...(line === undefined ? {} : { line }),
    facts: { kernel: 'linux' },
    hint: 'skep verify explains rejections at their source lines',
  };
  return new ProgramRejected(program.name, rejection, log);
}

function verdict(log: string): { readonly message: string; readonly insn: number } {
  const lines = log.trimEnd().split('\n');
  while (
    /^(processed \d+ insns|verification time|stack depth|insns_state|mark_precise)/.test(lines.at(-1) ?? '')
  )
    lines.pop();
  const at = lines.findLast((line) => /^\d+: \(/.test(line));
  return { message: lines.at(-1) ?? '', insn: at === undefined ? 0 : Number.parseInt(at, 10) };
}

function lineAt(lines: readonly LineInfo[], insn: number): LineInfo | undefined {
  return lines.findLast((line) => line.insn <= insn);
}
