import type { Subprogram } from '../control-flow/shape.js';
import { findSubprograms } from '../control-flow/subprograms.js';
import type { Session } from '../explore/session.js';
import type { Rights } from '../privileges.js';
import { Refusal } from '../rules/rule.js';
import type { VerifierProgram, VerifyOptions } from '../verify.js';

const REGISTERS = 10;

/** What the log of level 2 begins with: where subprograms start, and which registers live before each instruction. */
export function logHeader(s: Session, options: VerifyOptions): void {
  if (((options.logLevel ?? 0) & 2) === 0) return;
  const { shape, log } = s;
  for (const { index, start } of shape.subprograms) log.line(subprogramText(index, start));
  log.line('Live regs before insn:');
  shape.insns.forEach((_, insn) => {
    if (shape.insns[insn - 1]?.opcode === LD_IMM64) return;
    const loop = shape.loopOf[insn] as number;
    const live = shape.liveRegisters[insn] as number;
    const registers = Array.from({ length: REGISTERS }, (_, reg) => (((live >> reg) & 1) === 1 ? reg : '.'));
    const left = loop === 0 ? '    ' : `${String(loop).padStart(3)} `;
    log.line(`${left}${String(insn).padStart(3)}: ${registers.join('')} ${log.insnText(insn)}`);
  });
}

const LD_IMM64 = 0x18;

function subprogramText(index: number, start: number): string {
  return `func#${index} @${start}`;
}

/** The subprograms of a program that is refused before anything else is known of it; none when they are why. */
export function knownSubprograms(program: VerifierProgram, rights: Rights): readonly Subprogram[] {
  try {
    return findSubprograms(program, rights);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}

/** Where they start. */
export function subprogramsText(subprograms: readonly Subprogram[]): string {
  return subprograms.map(({ index, start }) => `${subprogramText(index, start)}\n`).join('');
}
