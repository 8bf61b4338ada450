import type { Helper } from '../../helpers/helper.js';
import type { VerifierProgram } from '../verify.js';
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
export function analyse(program: VerifierProgram, helper: (id: number) => Helper | undefined): Shape {
  const { insns } = program;
  const subprograms = findSubprograms(program);
  checkSubprograms(insns, subprograms);
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
  };
  walkGraph({ ...shape, changesPacket: (id) => helper(id)?.changesPacket === true });
  return {
    ...shape,
    liveRegisters: liveRegisters(shape, (id) => helper(id)?.args.length),
    loopOf: findLoops(shape),
  };
}
