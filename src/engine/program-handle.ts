import type { Program, ProgramInfo, RunInput, RunResult } from '../kernel/kernel.js';
import type { EngineMemory } from './memory.js';
import type { ObjectTable } from './objects.js';
import type { ProgramObject } from './program-object.js';
import { testRun } from './test-run.js';

/** One user's hold on a program. */
export class ProgramHandle implements Program {
  readonly kind = 'program';
  readonly object: ProgramObject;
  readonly #table: ObjectTable<ProgramObject>;
  readonly #memory: EngineMemory;
  #open = true;

  constructor(object: ProgramObject, table: ObjectTable<ProgramObject>, memory: EngineMemory) {
    this.object = object;
    this.#table = table;
    this.#memory = memory;
    table.use(object);
  }

  get id(): number {
    return this.object.id;
  }

  async info(): Promise<ProgramInfo> {
    return this.object.info();
  }

  async xlated(): ReturnType<Program['xlated']> {
    const { insns, lines, subprograms, btf } = this.object.parts;
    return { insns, lines, subprograms, btf };
  }

  async run(input: RunInput): Promise<RunResult> {
    return testRun(
      this.#memory,
      { type: this.object.parts.type, slot: this.object.code().slot },
      input,
      () => performance.now() * 1e6,
    );
  }

  async close(): Promise<void> {
    if (this.#open) this.#table.release(this.object);
    this.#open = false;
  }
}
