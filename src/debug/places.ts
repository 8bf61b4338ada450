import { nearestNames } from '../engine/world/nearest.js';
import { SkepError } from '../errors/base.js';
import type { InsnIndex } from '../isa/index.js';
import type { LineInfo, SubprogramSpec } from '../object/spec.js';

/** What places are looked up in: a program's instructions and where they come from. */
export interface Code {
  readonly name: string;
  readonly insns: readonly unknown[];
  readonly lines: readonly LineInfo[];
  readonly subprograms: readonly SubprogramSpec[];
}

/** A place to stop at. */
export type Place =
  | { readonly kind: 'insn'; readonly insn: InsnIndex }
  | { readonly kind: 'line'; readonly line: number; readonly file?: string }
  | { readonly kind: 'function'; readonly name: string };

/** Reads a place: `*12` an instruction, `34` or `file.c:34` a line, else a function. */
export function parsePlace(text: string): Place {
  const insn = /^\*(\d+)$/.exec(text)?.[1];
  if (insn !== undefined) return { kind: 'insn', insn: Number(insn) };
  const [, file, line] = /^(?:(.+):)?(\d+)$/.exec(text) ?? [];
  if (line === undefined) return { kind: 'function', name: text };
  return { kind: 'line', line: Number(line), ...(file === undefined ? {} : { file }) };
}

/** The line record that an instruction belongs to. */
export function lineAt(code: Code, insn: InsnIndex): LineInfo | undefined {
  return code.lines.findLast((line) => line.insn <= insn);
}

/** Whether an instruction is the first of a line record. */
export function startsLine(code: Code, insn: InsnIndex): boolean {
  return lineAt(code, insn)?.insn === insn;
}

/** The function that an instruction belongs to. */
export function functionAt(code: Code, insn: InsnIndex): SubprogramSpec | undefined {
  return code.subprograms.findLast(({ start }) => start <= insn);
}

/**
 * The instructions at which to stop for a place, ascending. A line without code stands for the next one that has some.
 * @throws {SkepError} `DEBUG_PLACE` when the program has no such place
 */
export function instructionsOf(code: Code, place: Place): InsnIndex[] {
  switch (place.kind) {
    case 'insn':
      if (place.insn < code.insns.length) return [place.insn];
      throw noPlace(`${code.name} has ${code.insns.length} instructions: there is no ${place.insn}`);
    case 'line':
      return lineStarts(code, place.line, place.file);
    case 'function': {
      const found = code.subprograms.find(({ name }) => name === place.name);
      if (found !== undefined) return [found.start];
      const names = code.subprograms.map(({ name }) => name);
      const near = nearestNames(place.name, names, (name) => name);
      throw noPlace(
        `${code.name} has no function ${place.name}`,
        near.length > 0
          ? `did you mean ${near.join(' or ')}?`
          : `the compiler may have put it into its callers: break at a line of it. There are ${names.join(', ')}`,
      );
    }
    default:
      return place satisfies never;
  }
}

function lineStarts(code: Code, line: number, file: string | undefined): InsnIndex[] {
  const main = file ?? code.lines[0]?.file;
  const inFile = code.lines.filter((one) => one.file === main || one.file.endsWith(`/${main}`));
  if (inFile.length === 0) {
    const files = [...new Set(code.lines.map((one) => one.file))];
    throw noPlace(
      `${code.name} has no lines of ${main ?? 'any file'}`,
      files.length === 0 ? 'compile it with -g' : `it has ${files.join(', ')}`,
    );
  }
  const next = Math.min(...inFile.map((one) => one.line).filter((one) => one >= line));
  if (!Number.isFinite(next)) throw noPlace(`${main} has no code at or after line ${line}`);
  // Records that follow each other on one line are one stop.
  return code.lines
    .filter((one, at) => {
      const before = code.lines[at - 1];
      return (
        inFile.includes(one) && one.line === next && !(before?.line === next && before.file === one.file)
      );
    })
    .map(({ insn }) => insn);
}

function noPlace(message: string, hint?: string): SkepError {
  return new SkepError('DEBUG_PLACE', message, hint === undefined ? {} : { hint });
}
