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
import { isGplCompatible } from '../../object/license.js';
import { functionById } from '../kfunc/call.js';
import type { Rights } from '../privileges.js';
import { callDestination } from '../rules/call-destination.js';
import { jumpRange } from '../rules/jump-range.js';
import { kfuncNotAllowed } from '../rules/kfunc-not-allowed.js';
import { lastInsn } from '../rules/last-insn.js';
import { privileges } from '../rules/privileges.js';
import { refuse } from '../rules/rule.js';
import { tooManySubprograms } from '../rules/too-many-subprograms.js';
import { unsupported } from '../rules/unsupported.js';
import type { VerifierProgram } from '../verify.js';
import { exceptionCallbackStart } from './exception-callback.js';
import { type Subprogram, subprogramName } from './shape.js';

const TAIL_CALL = 12;
const MAX_SUBPROGRAMS = 256;
/** Different kernel functions that one program may call. */
const MAX_KFUNCS = 256;
const PSEUDO_FUNC = LD_IMM64_PSEUDO.find(({ name }) => name === 'func')?.code;

/** Finds where subprograms start: at 0, and wherever a local call or a function address leads. */
export function findSubprograms(program: VerifierProgram, rights: Rights): Subprogram[] {
  const { insns } = program;
  const starts = new Set([0]);
  const kfuncs = new Set<number>();
  insns.forEach((insn, index) => {
    const target = calleeStart(insn, index);
    if (!rights.bpf && (isKfuncCall(insn) || target !== undefined))
      refuse(privileges, index, { problem: 'functions' });
    if (isKfuncCall(insn)) noteKfunc(program, kfuncs, insn, index);
    if (target === undefined) return;
    if (target < 0 || target >= insns.length) refuse(callDestination, index, { target });
    starts.add(target);
    if (starts.size >= MAX_SUBPROGRAMS) refuse(tooManySubprograms, index, {}, 'E2BIG');
  });
  const exceptionCallback = exceptionCallbackStart(program);
  if (exceptionCallback !== undefined) starts.add(exceptionCallback);
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
      maySleep: false,
      isCallback: start === exceptionCallback,
      isExceptionCallback: start === exceptionCallback,
      unreliable: false,
      calledLater: start === exceptionCallback,
      stackDepth: 0,
    };
  });
}

function isKfuncCall(insn: Insn): boolean {
  return insn.opcode === (CLASS.JMP | JMP_CALL) && insn.src === CALL.KFUNC;
}

/** A frame's metadata can be asked for only when the program is bound to a device. */
const METADATA = /^bpf_xdp_metadata_/;

/** A kernel function that the program names is one that the kernel has and lends. */
function noteKfunc(program: VerifierProgram, seen: Set<number>, { imm: id }: Insn, index: number): void {
  if (id === 0 || seen.has(id)) return;
  const { kernelBtf: btf, license } = program;
  if (btf === undefined) {
    refuse(unsupported, index, { what: 'kernel functions without the types of the kernel' });
    return;
  }
  if (!isGplCompatible(license)) refuse(kfuncNotAllowed, index, { problem: 'license' }, 'EINVAL');
  if (btf.types.at(id)?.kind !== 'func')
    refuse(kfuncNotAllowed, index, { problem: 'not_function', id }, 'EINVAL');
  const kfunc = functionById(btf, id);
  if (kfunc === undefined) {
    refuse(kfuncNotAllowed, index, { problem: 'no_proto', id }, 'EINVAL');
    return;
  }
  if (METADATA.test(kfunc.name))
    refuse(kfuncNotAllowed, index, { problem: 'metadata', name: kfunc.name }, 'EINVAL');
  if (seen.size >= MAX_KFUNCS) refuse(kfuncNotAllowed, index, { problem: 'too_many' }, 'E2BIG');
  seen.add(id);
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
