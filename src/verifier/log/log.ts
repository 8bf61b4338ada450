import { formatInsn } from '../../isa/disasm/index.js';
import type { Shape } from '../control-flow/shape.js';
import type { VerifierProgram } from '../verify.js';

/** Column at which the state after an instruction starts, and the grid where an instruction is longer. */
const COLUMN = 40;
const GRID = 8;

/**
 * The log in Linux's words and layout. Level 1 keeps the lines that lead to the rejection, level 2 all of them; with
 * level 0 nothing is written.
 */
export class Log {
  readonly level: number;
  readonly #lines: string[] = [];
  readonly #shape: Shape;
  readonly #program: VerifierProgram;
  /** The name of a helper, `unknown` when there is none. */
  readonly helperName: (id: number) => string;
  /** Place of the instruction line that may still get its state, -1 when something else was written since. */
  #openLine = -1;
  #lastSource = -1;
  readonly #texts: (string | undefined)[] = [];

  constructor(level: number, shape: Shape, program: VerifierProgram, helperName: (id: number) => string) {
    this.level = level & 3;
    this.#shape = shape;
    this.#program = program;
    this.helperName = helperName;
  }

  /** How much is written; `cutTo` goes back there. */
  get length(): number {
    return this.#lines.length;
  }

  /** Forgets what an accepted path wrote. Level 2 keeps it. */
  cutTo(length: number): void {
    if (this.level === 1) this.#lines.length = length;
    this.#openLine = -1;
  }

  line(text: string): void {
    if (this.level === 0) return;
    this.#lines.push(text);
    this.#openLine = -1;
  }

  /** A line of level 2 only. */
  detail(text: string): void {
    if (this.level >= 2) this.line(text);
  }

  /** The source line of an instruction, once. */
  source(insn: number): void {
    if (this.level === 0) return;
    const { lines } = this.#program;
    let at = -1;
    for (let index = 0; index < lines.length && (lines[index]?.insn ?? 0) <= insn; index++) at = index;
    if (at < 0 || at === this.#lastSource) return;
    this.#lastSource = at;
    const { text, file, line } = lines[at] as VerifierProgram['lines'][number];
    this.line(`; ${text.trimStart()} @ ${file.slice(file.lastIndexOf('/') + 1)}:${line}`);
  }

  insn(index: number): void {
    if (this.level === 0) return;
    this.source(index);
    this.line(`${index}: ${this.insnText(index)}`);
    this.#openLine = this.#lines.length - 1;
  }

  insnText(index: number): string {
    this.#texts[index] ??= formatInsn(this.#shape.insns, index, {
      style: 'verifier',
      opcode: true,
      helperName: this.helperName,
    });
    return this.#texts[index] as string;
  }

  /** The state after an instruction, on its line when that is the last one. */
  state(insn: number, text: string): void {
    const open = this.#openLine;
    if (open < 0) {
      this.line(`${insn}:${text}`);
      return;
    }
    const used = (this.#lines[open] as string).length + 1;
    const width = Math.ceil(Math.max(used + GRID / 2, COLUMN) / GRID) * GRID - used - 1;
    this.#lines[open] += `${' '.repeat(width)};${text}`;
    this.#openLine = -1;
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join('');
  }

  clear(): void {
    this.#lines.length = 0;
    this.#openLine = -1;
  }
}
