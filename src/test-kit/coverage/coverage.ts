import type { ProgramCount } from '../../engine/counters.js';
import type { Engine } from '../../engine/engine.js';
import { type BranchOp, type Operation, operationAt } from '../../isa/index.js';
import type { LineInfo } from '../../object/spec.js';
import { testError } from '../errors.js';

/** A condition of the compiled code, at a place in the source. `taken`: how often it held. */
export interface BranchCoverage {
  readonly line: number;
  /** Tells the conditions of one line apart. */
  readonly id: string;
  taken: bigint;
  notTaken: bigint;
}

export interface FunctionCoverage {
  readonly name: string;
  readonly line: number;
  calls: bigint;
}

/** What was executed of one source file. */
export interface FileCoverage {
  /** Times that a line was executed, by its number; only lines that became code. */
  readonly lines: Map<number, bigint>;
  readonly branches: Map<string, BranchCoverage>;
  /** Those that the compiler did not put into their callers. */
  readonly functions: Map<string, FunctionCoverage>;
}

/**
 * Lines, branches and functions of BPF C that tests executed, from the line records of the objects' BTF.ext.
 *
 * A line counts as often as the most often executed of its instructions; several programs of the same source add up.
 * Branches are those of the compiled code, of which a condition may become several, or none; those of one place that
 * ask the same are one, so that copies of an inlined function add up.
 */
export class Coverage {
  /** By the path that the compiler noted. */
  readonly files = new Map<string, FileCoverage>();

  /** Of all programs that an engine has loaded. @throws {SkepError} `TEST_KIT` when it does not count */
  static of(engine: Engine): Coverage {
    if (engine.counts === undefined)
      throw testError(
        'this kernel does not count what programs do',
        'TestKernel.create({ coverage: new Coverage() })',
      );
    const coverage = new Coverage();
    for (const count of engine.counts.all()) coverage.#addProgram(count);
    return coverage;
  }

  /** Adds what other tests did. */
  add(other: Coverage): void {
    for (const [path, { lines, branches, functions }] of other.files) {
      const file = this.#file(path);
      for (const [line, count] of lines) file.lines.set(line, (file.lines.get(line) ?? 0n) + count);
      for (const branch of branches.values()) addBranch(file, branch);
      for (const one of functions.values()) addFunction(file, one);
    }
  }

  #file(path: string): FileCoverage {
    let file = this.files.get(path);
    if (file === undefined) {
      file = { lines: new Map(), branches: new Map(), functions: new Map() };
      this.files.set(path, file);
    }
    return file;
  }

  #addProgram(count: ProgramCount): void {
    const one = new Coverage();
    one.#addLines(count);
    one.#addBranches(count);
    one.#addFunctions(count);
    this.add(one);
  }

  #addLines({ program, executed }: ProgramCount): void {
    for (const { file: path, line, insn } of program.lines) {
      const { lines } = this.#file(path);
      const count = executed(insn);
      if (line > 0 && count >= (lines.get(line) ?? 0n)) lines.set(line, count);
    }
  }

  #addBranches({ program, executed, taken }: ProgramCount): void {
    for (let insn = 0; insn < program.insns.length; insn++) {
      const operation = operationAt(program.insns, insn);
      if (operation.kind === 'ld_imm64') insn++;
      if (operation.kind !== 'branch' && operation.kind !== 'may_goto') continue;
      const place = placeOf(program.lines, insn);
      if (place === undefined) continue;
      const { condition, inverted } = conditionOf(operation);
      const jumps = taken(insn);
      const stays = executed(insn) - jumps;
      addBranch(this.#file(place.file), {
        line: place.line,
        id: `${place.line}:${place.column} ${condition}`,
        taken: inverted ? stays : jumps,
        notTaken: inverted ? jumps : stays,
      });
    }
  }

  #addFunctions({ program, executed }: ProgramCount): void {
    program.subprograms.forEach(({ name, start }, index) => {
      const end = program.subprograms[index + 1]?.start ?? program.insns.length;
      const first = program.lines.find(({ insn }) => insn >= start && insn < end);
      if (first === undefined) return;
      addFunction(this.#file(first.file), { name, line: first.line, calls: executed(first.insn) });
    });
  }
}

const OPPOSITES: Readonly<Partial<Record<BranchOp, BranchOp>>> = {
  jne: 'jeq',
  jle: 'jgt',
  jlt: 'jge',
  jsle: 'jsgt',
  jslt: 'jsge',
};

/** What a jump asks: the same for copies of one condition, which the compiler may have turned round. */
function conditionOf(operation: Extract<Operation, { kind: 'branch' | 'may_goto' }>): {
  readonly condition: string;
  readonly inverted: boolean;
} {
  if (operation.kind === 'may_goto') return { condition: 'may_goto', inverted: false };
  const { op, width, src } = operation;
  const opposite = OPPOSITES[op];
  const against = src.kind === 'imm' ? src.imm : 'register';
  return { condition: `${opposite ?? op} ${width} ${against}`, inverted: opposite !== undefined };
}

/** The line record that an instruction belongs to. */
function placeOf(lines: readonly LineInfo[], insn: number): LineInfo | undefined {
  let place: LineInfo | undefined;
  for (const line of lines) {
    if (line.insn > insn) break;
    place = line;
  }
  return place;
}

function addBranch({ branches }: FileCoverage, { line, id, taken, notTaken }: BranchCoverage): void {
  const known = branches.get(id);
  if (known === undefined) branches.set(id, { line, id, taken, notTaken });
  else {
    known.taken += taken;
    known.notTaken += notTaken;
  }
}

function addFunction({ functions }: FileCoverage, { name, line, calls }: FunctionCoverage): void {
  const known = functions.get(name);
  if (known === undefined) functions.set(name, { name, line, calls });
  else known.calls += calls;
}
