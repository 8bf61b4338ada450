import type { Helper } from '../../helpers/helper.js';
import { capabilityToCall } from '../../helpers/registry.js';
import { CLASS, type Insn, JMP_CALL, JMP_EXIT, JMP_JA, SOURCE } from '../../isa/index.js';
import { mayCallKfunc } from '../../kfuncs/registry.js';
import { functionById, type KernelFunction } from '../kfunc/call.js';
import type { Rights } from '../privileges.js';
import type { VerifierProgram } from '../verify.js';
import { checkAbnormalReturns } from './abnormal-return.js';
import { walkGraph } from './graph.js';
import { liveRegisters } from './live-registers.js';
import { findLoops } from './loops.js';
import { decodeOperations, type Shape } from './shape.js';
import { checkInstructions } from './structure.js';
import { checkSubprograms, findSubprograms } from './subprograms.js';

/**
 * What a program is, before any path of it is followed.
 *
 * @param helper facts of the helpers that the program may call.
 * @throws {Refusal} when its structure is wrong.
 */
export function analyse(
  program: VerifierProgram,
  helper: (id: number) => Helper | undefined,
  rights: Rights,
): Shape {
  const { insns } = program;
  const subprograms = findSubprograms(program, rights);
  checkSubprograms(insns, subprograms);
  checkAbnormalReturns(program, subprograms);
  checkInstructions(program);
  const subprogramOf = new Uint16Array(insns.length);
  for (const { index, start, end } of subprograms) subprogramOf.fill(index, start, end);
  const shape = {
    insns,
    operations: decodeOperations(insns),
    subprograms,
    subprogramOf,
    prunePoint: new Uint8Array(insns.length + 2),
    jumpPoint: new Uint8Array(insns.length + 2),
    forceCheckpoint: new Uint8Array(insns.length),
    callsCallback: new Uint8Array(insns.length),
    advancesIterator: new Uint8Array(insns.length),
  };
  // Where control goes does not depend on reserved fields: those are judged when the instruction is reached.
  const flow = { ...shape, operations: decodeOperations(insns.map(withoutReserved)) };
  const kfunc = (id: number): KernelFunction | undefined => allowedKfunc(program, id);
  walkGraph({ ...flow, mayLoop: rights.bpf, helper, kfunc });
  return {
    ...shape,
    liveRegisters: liveRegisters(flow, {
      helper: (id) => argumentCount(program, helper(id), rights),
      kfunc: (id) => kfunc(id)?.params.length,
    }),
    loopOf: findLoops(flow),
  };
}

/** How many registers a call reads; of a helper that the program may not call Linux takes it to read all. */
function argumentCount(
  { hook }: VerifierProgram,
  helper: Helper | undefined,
  rights: Rights,
): number | undefined {
  if (helper === undefined) return undefined;
  const needs = capabilityToCall(helper.id);
  const isAllowed = helper.programs === 'all' || helper.programs.includes(hook.name);
  return isAllowed && (needs === undefined || rights[needs]) ? helper.args.length : undefined;
}

/** A kernel function that the program may call; others are refused when they are reached. */
function allowedKfunc(
  { kernelBtf, hook, attachType }: VerifierProgram,
  id: number,
): KernelFunction | undefined {
  const found = kernelBtf === undefined ? undefined : functionById(kernelBtf, id);
  const isAllowed = found !== undefined && mayCallKfunc(hook.name, found.name, attachType) === true;
  return isAllowed ? found : undefined;
}

/** A jump with the fields that it does not use set to zero. */
function withoutReserved(insn: Insn): Insn {
  const kind = insn.opcode & 0x07;
  if (kind !== CLASS.JMP && kind !== CLASS.JMP32) return insn;
  const { opcode, off, imm } = insn;
  const code = opcode & 0xf0;
  if (code === JMP_EXIT) return { opcode, dst: 0, src: 0, off: 0, imm: 0 };
  if (code === JMP_CALL) return { ...insn, dst: 0, off: 0 };
  if (code === JMP_JA)
    return { opcode, dst: 0, src: 0, ...(kind === CLASS.JMP ? { off, imm: 0 } : { off: 0, imm }) };
  return (opcode & SOURCE.X) === 0 ? { ...insn, src: 0 } : { ...insn, imm: 0 };
}
