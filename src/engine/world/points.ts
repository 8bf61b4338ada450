import { SkepError } from '../../errors/base.js';
import { type AttachTarget, targetText } from '../../kernel/target.js';
import type { EngineMemory } from '../memory.js';

/** A program attached at a point of the world. */
export interface AttachedProgram {
  /** In the function table. */
  readonly slot: number;
  readonly programId: number;
  /** What `bpf_get_attach_cookie` says. */
  readonly cookie: bigint;
}

/** What is attached where. `version` is another number after every change. */
export interface PointSource {
  readonly version: number;
  at(target: AttachTarget): readonly AttachedProgram[];
  /** A program that is not attached by a link. @throws {KernelError} ENOENT */
  program(id: number): AttachedProgram;
}

const NOBODY: readonly AttachedProgram[] = [];

/** The points at which the world runs programs. A point without programs costs one look into a table. */
export class HookPoints {
  readonly #memory: EngineMemory;
  readonly #source: PointSource;
  readonly #known = new Map<string, readonly AttachedProgram[]>();
  #version = -1;
  #running: AttachedProgram | undefined;

  constructor(memory: EngineMemory, source: PointSource) {
    this.#memory = memory;
    this.#source = source;
  }

  /** In the order in which they run. */
  at(target: AttachTarget): readonly AttachedProgram[] {
    if (this.#version !== this.#source.version) {
      this.#version = this.#source.version;
      this.#known.clear();
    }
    const key = targetText(target);
    let programs = this.#known.get(key);
    if (programs === undefined) {
      programs = this.#source.at(target);
      this.#known.set(key, programs.length === 0 ? NOBODY : programs);
    }
    return programs;
  }

  /** A program that something else than a link runs. @throws {KernelError} ENOENT */
  program(id: number): AttachedProgram {
    return this.#source.program(id);
  }

  /** The one that runs now: the innermost. */
  get running(): AttachedProgram | undefined {
    return this.#running;
  }

  /** Runs a program on a context. @returns r0, unsigned @throws {SkepError} PROGRAM_TRAP */
  run(program: AttachedProgram, ctx: number): bigint {
    const { runtime, stackPointer, trapCode } = this.#memory;
    const stack = stackPointer.value;
    const outer = this.#running;
    this.#running = program;
    try {
      return BigInt.asUintN(64, runtime.run_repeat(program.slot, BigInt(ctx), 1));
    } catch (cause) {
      if (!(cause instanceof WebAssembly.RuntimeError)) throw cause;
      throw new SkepError('PROGRAM_TRAP', `program ${program.programId} stopped by a fault`, {
        facts: { program: program.programId, trap: trapCode.value },
        cause,
      });
    } finally {
      stackPointer.value = stack;
      this.#running = outer;
    }
  }

  /** As `run`, its low 32 bits signed. */
  verdict(program: AttachedProgram, ctx: number): number {
    return Number(BigInt.asIntN(32, this.run(program, ctx)));
  }
}
