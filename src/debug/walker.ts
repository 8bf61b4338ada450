import type { Executable } from '../engine/abi.js';
import { SkepError } from '../errors/base.js';
import type { Breakpoints, WatchedChange } from './breakpoints.js';
import { type Code, lineAt, startsLine } from './places.js';
import type { Step, UndoLog } from './undo.js';

/** Why a program stands where it stands. */
export type Stop =
  | { readonly reason: 'step' }
  | { readonly reason: 'breakpoint'; readonly id: number }
  | { readonly reason: 'watch'; readonly change: WatchedChange }
  /** The program is over. */
  | { readonly reason: 'end' }
  /** There is nothing to take back. `forgotten`: earlier instructions are not remembered. */
  | { readonly reason: 'start'; readonly forgotten: number }
  /** The instruction cannot be executed. */
  | { readonly reason: 'error'; readonly error: SkepError };

/** The place of a line: two are the same when they are in one file, line and activation of a function. */
interface LinePlace {
  readonly executable: Executable;
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly depth: number;
}

/** Moves a program by instructions, lines and functions, in both directions. */
export class Walker {
  readonly #log: UndoLog;
  readonly #breakpoints: Breakpoints;
  readonly #code: (executable: Executable) => Code;

  constructor(log: UndoLog, breakpoints: Breakpoints, code: (executable: Executable) => Code) {
    this.#log = log;
    this.#breakpoints = breakpoints;
    this.#code = code;
  }

  insn(): Stop {
    return this.#advance() ?? { reason: 'step' };
  }

  line(into: boolean): Stop {
    const from = this.#here();
    return this.#until(() => {
      const { depth } = this;
      if (!into && depth > from.depth) return false;
      return this.#atLineStart() && !sameLine(this.#here(), from);
    });
  }

  out(): Stop {
    const { depth } = this;
    return this.#until(() => this.depth < depth);
  }

  forward(): Stop {
    return this.#until(() => false);
  }

  insnBack(): Stop {
    return this.#retreat() ?? { reason: 'step' };
  }

  /** To where the line before began; from within a line, to where it began. */
  lineBack(into: boolean): Stop {
    const { steps } = this.#log;
    const start = this.#here();
    let last = steps.length - 1;
    while (!into && last >= 0 && (steps[last] as Step).depth > start.depth) last--;
    const step = steps[last];
    if (step === undefined) return this.#retreat() ?? { reason: 'step' };
    const isWithin = sameLine(this.#placeOf(step), start);
    const line = isWithin ? start : this.#placeOf(step);
    let at = isWithin ? steps.length : last;
    for (let before = at - 1; before >= 0; before--) {
      const step = steps[before] as Step;
      // Functions that the line called belong to it.
      if (step.depth > line.depth && !into) continue;
      if (!sameLine(this.#placeOf(step), line)) break;
      at = before;
    }
    return this.#backUntil(() => steps.length <= at);
  }

  back(): Stop {
    return this.#backUntil(() => false);
  }

  get depth(): number {
    return this.#log.machine.callers.length;
  }

  /** r1 to r5 as the function that runs was entered with them. */
  entryArguments(): bigint[] {
    const { machine, steps } = this.#log;
    const registers = [...machine.registers];
    for (let at = steps.length - 1; at >= 0; at--) {
      const step = steps[at] as Step;
      // The call that entered it.
      if (step.depth < this.depth) break;
      for (const [register, before] of step.registers) registers[register] = before;
    }
    return registers.slice(1, 6);
  }

  /** The breakpoint before which the program stands. */
  stopHere(): Stop | undefined {
    const id = this.#breakpointHere();
    return id === undefined ? undefined : { reason: 'breakpoint', id };
  }

  #until(reached: () => boolean): Stop {
    for (;;) {
      const stop = this.#advance();
      if (stop !== undefined) return stop;
      const id = this.#breakpointHere();
      if (id !== undefined) return { reason: 'breakpoint', id };
      if (reached()) return { reason: 'step' };
    }
  }

  #backUntil(reached: () => boolean): Stop {
    for (;;) {
      const stop = this.#retreat();
      if (stop !== undefined) return stop;
      if (reached()) return { reason: 'step' };
      const id = this.#breakpointHere();
      if (id !== undefined) return { reason: 'breakpoint', id };
    }
  }

  /** One instruction forward; why that is the end of it. */
  #advance(): Stop | undefined {
    const { machine } = this.#log;
    if (machine.done) return { reason: 'end' };
    let step: Step;
    try {
      step = this.#log.forward();
    } catch (error) {
      if (error instanceof SkepError) return { reason: 'error', error };
      throw error;
    }
    return this.#watched(step) ?? (machine.done ? { reason: 'end' } : undefined);
  }

  #retreat(): Stop | undefined {
    const step = this.#log.back();
    if (step === undefined) return { reason: 'start', forgotten: this.#log.forgotten };
    return this.#watched(step);
  }

  #watched(step: Step): Stop | undefined {
    if (step.memory.length === 0) return undefined;
    const change = this.#breakpoints.changed();
    return change === undefined ? undefined : { reason: 'watch', change };
  }

  #breakpointHere(): number | undefined {
    const { machine } = this.#log;
    return machine.done ? undefined : this.#breakpoints.at(machine.executable, machine.pc);
  }

  #atLineStart(): boolean {
    const { executable, pc } = this.#log.machine;
    const code = this.#code(executable);
    return code.lines.length === 0 || startsLine(code, pc);
  }

  #here(): LinePlace {
    const { executable, pc } = this.#log.machine;
    return this.#placeOf({ executable, pc, depth: this.depth });
  }

  #placeOf({ executable, pc, depth }: Pick<Step, 'executable' | 'pc' | 'depth'>): LinePlace {
    const code = this.#code(executable);
    const line = lineAt(code, pc);
    // Without lines every instruction is one.
    return { executable, file: line?.file, line: line?.line ?? pc, depth };
  }
}

function sameLine(a: LinePlace, b: LinePlace): boolean {
  return a.executable === b.executable && a.file === b.file && a.line === b.line && a.depth === b.depth;
}
