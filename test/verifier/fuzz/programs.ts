import { generateDense, type Weighted } from './dense.js';
import { type Generated, generate } from './generate.js';
import { calledBack, global, timer } from './rich/functions.js';
import { copy, dynptr, inner, iterate, mayGoto, ordered, signed, throwNow } from './rich/memory.js';
import * as held from './rich/references.js';
import { generateRich, type Rich } from './rich/rich.js';

const rich =
  (write: (w: Rich, level: number, depth: number) => void) =>
  (...[w, level, depth]: Parameters<Weighted[number][1]>) =>
    write(w as Rich, level, depth);

/** What rich programs do, and how often. */
const RICH: Weighted = [
  [9, rich(held.record)],
  [5, rich(held.socket)],
  [4, rich(held.task)],
  [2, rich(held.mask)],
  [5, rich(held.object)],
  [4, rich(held.current)],
  [5, rich(held.argument)],
  [6, rich(held.section)],
  [3, rich(held.interrupts)],
  [6, rich(held.lock)],
  [8, rich(calledBack)],
  [6, rich(global)],
  [3, rich(timer)],
  [9, rich(dynptr)],
  [9, rich(iterate)],
  [5, rich(mayGoto)],
  [5, rich(inner)],
  [4, rich(ordered)],
  [4, rich(signed)],
  [4, rich(copy)],
  [1, rich(throwNow)],
];

/** The generators, by the remainder of the seed: half of all programs are rich. */
const GENERATORS = [
  (seed: number) => generate(seed, true),
  (seed: number) => generateRich(seed, RICH),
  generateDense,
  (seed: number) => generateRich(seed, RICH),
] as const;

/** The program of a seed. */
export function programOf(seed: number): Generated {
  return (GENERATORS[seed % GENERATORS.length] as (typeof GENERATORS)[number])(seed);
}

/** The program of a seed that the engine runs whole. */
export function plainProgramOf(seed: number): Generated {
  return seed % 2 === 1 ? generateDense(seed) : generate(seed);
}
