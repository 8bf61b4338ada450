import { type Insn, type InsnIndex, type Operation, operationAt } from '../../isa/index.js';
import type { VerifierProgram } from '../verify.js';

/** One subprogram: the program itself is number 0. */
export interface Subprogram {
  readonly index: number;
  readonly start: InsnIndex;
  /** After its last instruction. */
  readonly end: InsnIndex;
  readonly name: string;
  readonly global: boolean;
  readonly funcType: number;
  hasTailCall: boolean;
  hasLegacyLoad: boolean;
  /** It, or what it calls, may invalidate packet pointers. */
  changesPacket: boolean;
  /** A helper or kernel function calls it back. */
  isCallback: boolean;
  /** It makes the program's result of what is thrown. */
  readonly isExceptionCallback: boolean;
  /** It, or what it calls, may put the task to sleep. */
  maySleep: boolean;
  /** It is called with what its prototype does not say; found while exploring. */
  unreliable: boolean;
  /** A timer or the like calls it, on a stack of its own; found while exploring. */
  calledLater: boolean;
  /** Bytes of stack that its own frame uses, found while exploring. */
  stackDepth: number;
}

/** What is known of a program before any path of it is explored. */
export interface Shape {
  readonly insns: readonly Insn[];
  /** Undefined for the second slot of a 64-bit immediate load. */
  readonly operations: readonly (Operation | undefined)[];
  readonly subprograms: readonly Subprogram[];
  /** Index into `subprograms` for each instruction. */
  readonly subprogramOf: Uint16Array;
  /** 1 where explored states are kept and compared. */
  readonly prunePoint: Uint8Array;
  /** 1 where the jump history must note how control came here. */
  readonly jumpPoint: Uint8Array;
  /** 1 where a state is kept each time. */
  readonly forceCheckpoint: Uint8Array;
  /** 1 where a helper calls back a function of the program, any number of times, before it returns. */
  readonly callsCallback: Uint8Array;
  /** 1 where an open-coded iterator is asked for the next element. */
  readonly advancesIterator: Uint8Array;
  /** Registers whose value may still be read, one bit each, before each instruction. */
  readonly liveRegisters: Uint16Array;
  /** The loop (strongly connected component) that an instruction is part of, from 1; 0 for none. */
  readonly loopOf: Uint16Array;
}

/** The successors of an instruction within its subprogram, the fall-through first. Calls fall through. */
export function successors(shape: Pick<Shape, 'operations'>, index: InsnIndex): number[] {
  const operation = shape.operations[index];
  switch (operation?.kind) {
    case undefined:
    case 'exit':
      return [];
    case 'goto':
      return [index + 1 + operation.offset];
    case 'branch':
    case 'may_goto':
      return [index + 1, index + 1 + operation.offset];
    case 'ld_imm64':
      return [index + 2];
    default:
      return [index + 1];
  }
}

/** The subprogram that starts at an instruction. */
export function subprogramAt(shape: Pick<Shape, 'subprograms'>, start: InsnIndex): Subprogram | undefined {
  return shape.subprograms.find((subprogram) => subprogram.start === start);
}

/** The meaning of every slot, where it has one; what has none is judged by `structure` or when it is reached. */
export function decodeOperations(insns: readonly Insn[]): (Operation | undefined)[] {
  return insns.map((_, index) => {
    const operation = operationAt(insns, index);
    return operation.kind === 'invalid' ? undefined : operation;
  });
}

/** The name of a subprogram as the object gives it, or one made from its number. */
export function subprogramName(program: VerifierProgram, start: InsnIndex, index: number): string {
  return program.subprograms.find((spec) => spec.start === start)?.name ?? (index === 0 ? program.name : '');
}
