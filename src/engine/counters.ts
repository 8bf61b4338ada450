import type { InsnIndex } from '../isa/index.js';
import { COUNTERS, type Counters } from './abi.js';
import type { EngineMemory } from './memory.js';
import type { ProgramParts } from './program-object.js';

/** How often the instructions of one program were executed, and the jumps among them taken. */
export interface ProgramCount {
  readonly program: ProgramParts;
  /** Exact for the first instruction of each line record and for branches; 0 elsewhere in compiled code. */
  executed(insn: InsnIndex): bigint;
  taken(insn: InsnIndex): bigint;
}

/** The counters of all programs that an engine has compiled. They outlive the programs. */
export class ProgramCounters {
  readonly #memory: EngineMemory;
  readonly #programs: { readonly program: ProgramParts; readonly counters: Counters }[] = [];

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** Room for a program's counters, all 0. */
  add(program: ProgramParts): Counters {
    const bytes = program.insns.length * COUNTERS.stride;
    const address = this.#memory.alloc(bytes);
    this.#memory.bytes.fill(0, address, address + bytes);
    const counters = { address, at: new Set(program.lines.map(({ insn }) => insn)) };
    this.#programs.push({ program, counters });
    return counters;
  }

  /** In the order in which programs were compiled. */
  all(): ProgramCount[] {
    return this.#programs.map(({ program, counters: { address } }) => {
      const read = (insn: InsnIndex, which: number): bigint =>
        this.#memory.view.getBigUint64(address + insn * COUNTERS.stride + which, true);
      return {
        program,
        executed: (insn) => read(insn, COUNTERS.executed),
        taken: (insn) => read(insn, COUNTERS.taken),
      };
    });
  }
}
