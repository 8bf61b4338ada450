import {
  CALL,
  CLASS,
  type Insn,
  JMP_CALL,
  JMP_EXIT,
  JMP_JA,
  LD_IMM64_PSEUDO,
  MODE,
  OPCODE_LD_IMM64,
} from '../../isa/index.js';
import { callDestination } from '../rules/call-destination.js';
import { jumpRange } from '../rules/jump-range.js';
import { lastInsn } from '../rules/last-insn.js';
import { refuse } from '../rules/rule.js';
import { tooManySubprograms } from '../rules/too-many-subprograms.js';
import type { VerifierProgram } from '../verify.js';
import { type Subprogram, subprogramName } from './shape.js';

const TAIL_CALL = 12;
const MAX_SUBPROGRAMS = 256;
const PSEUDO_FUNC = LD_IMM64_PSEUDO.find(({ name }) => name === 'func')?.code;

/** Finds where subprograms start: at 0, and wherever a local call or a function address leads. */
export function findSubprograms(program: VerifierProgram): Subprogram[] {
  const { insns } = program;
  const starts = new Set([0]);
  insns.forEach((insn, index) => {
    const target = calleeStart(insn, index);
    if (target === undefined) return;
    if (target < 0 || target >= insns.length) refuse(callDestination, index, { target });
    starts.add(target);
    if (starts.size >= MAX_SUBPROGRAMS) refuse(tooManySubprograms, index, {}, 'E2BIG');
  });
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((start, index) => {
    const spec = program.subprograms.find((candidate) => candidate.start === start);
    return {
      index,
      start,
      end: sorted[index + 1] ?? insns.length,
      name: subprogramName(program, start, index),
      global: index > 0 && spec?.linkage === 'global',
      funcType: spec?.funcType ?? 0,
      hasTailCall: false,
      hasLegacyLoad: false,
      changesPacket: false,
      stackDepth: 0,
    };
  });
}

/** Where a local call or a function address leads. */
export function calleeStart(insn: Insn, index: number): number | undefined {
  const isCall = insn.opcode === (CLASS.JMP | JMP_CALL) && insn.src === CALL.LOCAL;
  const isAddress = insn.opcode === OPCODE_LD_IMM64 && insn.src === PSEUDO_FUNC;
  return isCall || isAddress ? index + 1 + insn.imm : undefined;
}

/** Jumps must stay in their subprogram, and control may not fall out of its end. */
export function checkSubprograms(insns: readonly Insn[], subprograms: readonly Subprogram[]): void {
  for (const subprogram of subprograms) {
    for (let index = subprogram.start; index < subprogram.end; index++) {
      const insn = insns[index] as Insn;
      noteProperties(insn, subprogram);
      const offset = jumpOffset(insn);
      if (offset === undefined) continue;
      const target = index + 1 + offset;
      if (target < subprogram.start || target >= subprogram.end)
        refuse(jumpRange, index, { from: index, to: target });
    }
    const last = insns[subprogram.end - 1] as Insn;
    if (!endsControl(last)) refuse(lastInsn, subprogram.end - 1, {});
  }
}

function noteProperties(insn: Insn, subprogram: Subprogram): void {
  if (insn.opcode === (CLASS.JMP | JMP_CALL) && insn.src === CALL.HELPER && insn.imm === TAIL_CALL)
    subprogram.hasTailCall = true;
  const mode = insn.opcode & 0xe0;
  if ((insn.opcode & 0x07) === CLASS.LD && (mode === MODE.ABS || mode === MODE.IND))
    subprogram.hasLegacyLoad = true;
}

function endsControl(insn: Insn): boolean {
  return (
    insn.opcode === (CLASS.JMP | JMP_EXIT) ||
    insn.opcode === (CLASS.JMP | JMP_JA) ||
    insn.opcode === (CLASS.JMP32 | JMP_JA)
  );
}

/** How far a jump instruction jumps; undefined for all others. */
function jumpOffset(insn: Insn): number | undefined {
  const kind = insn.opcode & 0x07;
  if (kind !== CLASS.JMP && kind !== CLASS.JMP32) return undefined;
  const code = insn.opcode & 0xf0;
  if (code === JMP_CALL || code === JMP_EXIT) return undefined;
  return insn.opcode === (CLASS.JMP32 | JMP_JA) ? insn.imm : insn.off;
}
