import type { Session } from '../explore/session.js';
import type { KfuncCall } from './call.js';
import { casts } from './casts.js';
import type { ArgumentKind } from './classify.js';
import { deferred } from './deferred.js';
import { dynptrs } from './dynptrs.js';
import { graphs } from './graph.js';
import { iterators } from './iterators.js';
import { locks } from './locks.js';
import { objects } from './objects.js';
import { sections } from './sections.js';
import { structArgument } from './struct-argument.js';
import { exceptions } from './throw.js';

/** How an argument of a kind of its own is checked, after what holds for all pointers. @param index from 0. */
export type ArgumentCheck = (s: Session, call: KfuncCall, index: number) => void;

/**
 * What some kernel functions do beside what their prototypes and flags say. A family of them fills one of these in, in a
 * file of its own; `SPECIAL` lists them.
 */
export interface SpecialKfuncs {
  /** Full names of the functions. */
  readonly names: readonly string[];
  /** Checks of argument kinds that only they have. */
  readonly arguments?: Readonly<Partial<Record<ArgumentKind, ArgumentCheck>>>;
  /** The argument at this index must not be null, whatever the flags say. */
  readonly notNull?: (index: number) => boolean;
  /** Before the arguments are looked at. */
  readonly before?: (s: Session, call: KfuncCall) => void;
  /** When the arguments are right, before r0 to r5 are forgotten. */
  readonly effect?: (s: Session, call: KfuncCall) => void;
  /** Makes r0 when the function returns a pointer, apart from null and references. False: it is made by the prototype. */
  readonly result?: (s: Session, call: KfuncCall) => boolean;
  /** When r0 is made. */
  readonly after?: (s: Session, call: KfuncCall) => void;
  /** Whether the program ends with the call. */
  readonly ends?: (s: Session, call: KfuncCall) => boolean;
}

/** Every family. */
const SPECIAL: readonly SpecialKfuncs[] = [
  sections,
  iterators,
  casts,
  exceptions,
  dynptrs,
  deferred,
  locks,
  objects,
  graphs,
];

const BY_NAME = new Map(SPECIAL.flatMap((family) => family.names.map((name) => [name, family] as const)));
const ARGUMENTS: Readonly<Partial<Record<ArgumentKind, ArgumentCheck>>> = Object.assign(
  { struct: structArgument, map: structArgument },
  ...SPECIAL.map((family) => family.arguments ?? {}),
);

/** What is special of a function; undefined for most. */
export function specialOf(name: string): SpecialKfuncs | undefined {
  return BY_NAME.get(name);
}

/** The check of an argument kind; undefined when no family has it yet. */
export function argumentCheck(kind: ArgumentKind): ArgumentCheck | undefined {
  return ARGUMENTS[kind];
}
