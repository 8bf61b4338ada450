import { readFileSync } from 'node:fs';
import type { Debugger, Location, Stop } from '../../debug/index.js';
import type { Json } from '../format/json.js';

/** What a command answers: for people, and for programs. */
export interface Answer {
  readonly text: string;
  readonly json: Json;
}

/** A program being debugged, and what the commands know besides. */
export class DebugSession {
  readonly debug: Debugger;
  /** bpftool's word. */
  readonly type: string;
  readonly colour: boolean;
  /** Runs on the same packet. */
  readonly repeat: number;
  /** The run that goes on, from 1. */
  run = 1;
  /** The function that the last answer was about, so that its name is said when it is another. */
  lastFunction = '';
  readonly #sources = new Map<string, readonly string[] | undefined>();

  constructor(debug: Debugger, type: string, options: { readonly colour: boolean; readonly repeat: number }) {
    this.debug = debug;
    this.type = type;
    this.colour = options.colour;
    this.repeat = options.repeat;
  }

  /** Moves on; at the end of a run that is to be repeated, into the next. Answers with each run's end on the way. */
  move(step: () => Stop): { readonly stop: Stop; readonly ends: readonly number[] } {
    const ends: number[] = [];
    let stop = step();
    while (stop.reason === 'end' && this.run < this.repeat) {
      ends.push(this.debug.outcome?.returnValue ?? 0);
      this.run++;
      this.debug.repeat();
      stop = this.debug.stopHere() ?? this.debug.continue();
    }
    return { stop, ends };
  }

  /** The text of a source line: from the file when it is there, else as the object has it. */
  sourceLine({ line }: Pick<Location, 'line'>): string {
    if (line === undefined) return '';
    return this.source(line.file)?.[line.line - 1] ?? line.text;
  }

  /** The lines of a source file; undefined when it cannot be read. */
  source(file: string): readonly string[] | undefined {
    if (!this.#sources.has(file)) this.#sources.set(file, readLines(file));
    return this.#sources.get(file);
  }
}

function readLines(file: string): readonly string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    // The object may come from elsewhere.
    return undefined;
  }
}
