import { formatInsn } from '../../isa/disasm/index.js';
import type { LineInfo } from '../../object/spec.js';
import type { Shape } from '../control-flow/shape.js';
import type { VerifierProgram } from '../verify.js';

/** Column at which the state after an instruction starts, and the grid where an instruction is longer. */
const COLUMN = 40;
const GRID = 8;
const NO_LINE = { text: '', file: '', line: 0 } as const;

/**
 * The log in Linux's words and layout. Level 1 keeps the lines that lead to the rejection, level 2 all of them; with
 * level 0 nothing is written.
 */
export class Log {
  /** 0, 1 or 2 and 3: bit 4 asks for statistics and what is said of a rejection only. */
  readonly level: number;
  readonly #saysAnything: boolean;
  readonly #lines: string[] = [];
  /** Instruction lines as they were before their state came onto them. */
  readonly #bare: (string | undefined)[] = [];
  readonly #shape: Shape;
  readonly #program: VerifierProgram;
  /** The name of a helper, `unknown` when there is none. */
  readonly helperName: (id: number) => string;
  /** Place of the instruction line that may still get its state, -1 when something else was written since. */
  #openLine = -1;
  /** Where the instruction begins in that line. */
  #openStart = 0;
  /** The next line goes on in the last one. */
  #joins = false;
  #lastSource: Pick<LineInfo, 'text' | 'file' | 'line'> = NO_LINE;
  readonly #texts: (string | undefined)[] = [];

  constructor(level: number, shape: Shape, program: VerifierProgram, helperName: (id: number) => string) {
    this.level = level & 3;
    this.#saysAnything = level !== 0;
    this.#shape = shape;
    this.#program = program;
    this.helperName = helperName;
  }

  /** Anything is written at all. */
  get says(): boolean {
    return this.#saysAnything;
  }

  /** How much is written; `cutTo` goes back there. Negative when the last line still waits for its state. */
  get length(): number {
    const { length } = this.#lines;
    return this.#openLine === length - 1 && length > 0 ? -length : length;
  }

  /** Forgets what an accepted path wrote. Level 2 alone keeps it. */
  cutTo(length: number): void {
    this.#openLine = -1;
    if ((this.level & 2) !== 0) return;
    this.#lines.length = Math.abs(length);
    this.#joins = false;
    const bare = this.#bare[this.#lines.length - 1];
    if (length >= 0 || bare === undefined) return;
    // Linux goes back to a place in the text, and the state has since taken the place of the line's end.
    this.#lines[this.#lines.length - 1] = `${bare} `;
    this.#joins = true;
  }

  line(text: string): void {
    if (this.level !== 0) this.always(text);
  }

  /** A line of level 2 only. */
  detail(text: string): void {
    if (this.level >= 2) this.always(text);
  }

  /** A line of every level but 0. */
  always(text: string): void {
    if (!this.#saysAnything) return;
    if (this.#joins) this.#lines[this.#lines.length - 1] += text;
    else this.#lines.push(text);
    this.#bare[this.#lines.length - 1] = undefined;
    this.#joins = false;
    this.#openLine = -1;
  }

  /** What is verified from here on shows its first source line again. */
  forgetSource(): void {
    this.#lastSource = NO_LINE;
  }

  /** The source line of an instruction, unless it is the line shown last. */
  source(insn: number): void {
    if (!this.#saysAnything) return;
    const { lines } = this.#program;
    let at = -1;
    for (let index = 0; index < lines.length && (lines[index]?.insn ?? 0) <= insn; index++) at = index;
    const { text, file, line } = lines[at] ?? NO_LINE;
    if (line === 0 || (line === this.#lastSource.line && file === this.#lastSource.file)) return;
    this.#lastSource = { text, file, line };
    this.always(`; ${text.trimStart()} @ ${file.slice(file.lastIndexOf('/') + 1)}:${line}`);
  }

  insn(index: number): void {
    if (this.level === 0) return;
    this.source(index);
    const text = `${index}: ${this.insnText(index)}`;
    this.line(text);
    this.#openLine = this.#lines.length - 1;
    this.#openStart = (this.#lines[this.#openLine] as string).length - text.length;
  }

  insnText(index: number): string {
    this.#texts[index] ??= formatInsn(this.#shape.insns, index, {
      style: 'verifier',
      opcode: true,
      helperName: this.helperName,
      kfuncName: (id) => {
        const func = this.#program.kernelBtf?.types.at(id);
        return func?.kind === 'func' ? func.name : undefined;
      },
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
    this.#bare[open] = this.#lines[open];
    const used = (this.#lines[open] as string).length - this.#openStart + 1;
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
