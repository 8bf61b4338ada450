import type { HelperArg } from '../../helpers/helper.js';
import type { Session } from '../explore/session.js';
import { typeText } from '../log/state-text.js';
import { dynptr } from '../rules/dynptr.js';
import { refuse } from '../rules/rule.js';
import type { RegAddr } from '../state/domain.js';
import type { DynptrKind } from '../state/dynptr-kinds.js';
import { SLOT_BYTES, TYPE_DYNPTR, TYPE_MAP_VALUE, TYPE_STACK } from '../state/layout.js';
import {
  type DynptrPlace,
  dynptrAt,
  dynptrPlace,
  kindOf,
  makeDynptr,
  readDynptr,
  releaseDynptr,
} from '../transfer/dynptr-slots.js';
import { accessMemory } from './memory.js';

/** What a call does to a dynptr argument. */
export type DynptrUse = Omit<HelperArg & { kind: 'dynptr' }, 'kind' | 'of'> & { readonly of?: DynptrKind };

/** What is known of a dynptr that a call uses. */
export interface DynptrFacts {
  readonly kind: DynptrKind | undefined;
  readonly id: number;
  readonly refObjId: number;
}

/**
 * The register leads to a dynptr, or to room for one. One that the call makes is there afterwards.
 *
 * @param shares the reference that a clone shares.
 * @returns the facts of the dynptr that is used; undefined when one is made.
 */
export function checkDynptr(s: Session, regno: number, use: DynptrUse, shares = 0): DynptrFacts | undefined {
  const reg = s.reg(regno);
  const type = s.memory.type(reg);
  if (type !== TYPE_STACK && type !== TYPE_DYNPTR) refuse(dynptr, s.at, { problem: 'not_stack', reg: regno });
  if (use.uninit !== true) return useDynptr(s, regno, reg, use);
  make(s, regno, reg, use.of ?? 'local', shares);
  return undefined;
}

function make(s: Session, regno: number, reg: RegAddr, kind: DynptrKind, shares: number): void {
  if (s.memory.type(reg) === TYPE_DYNPTR) refuse(dynptr, s.at, { problem: 'initialised', reg: regno });
  const place = dynptrPlace(s, reg);
  if ('place' in place) {
    refuse(dynptr, s.at, { problem: 'initialised', reg: regno, bad: place });
    return;
  }
  for (const off of [0, SLOT_BYTES]) {
    const stored = { kind: 'unknown' } as const;
    accessMemory(s, { regno, off, size: SLOT_BYTES, into: -1, signed: false, stored, byHelper: true });
  }
  makeDynptr(s, { ...place, used: true }, kind, shares);
}

function useDynptr(s: Session, regno: number, reg: RegAddr, use: DynptrUse): DynptrFacts {
  const { memory } = s;
  if (memory.type(reg) === TYPE_DYNPTR) {
    if (use.release === true) refuse(dynptr, s.at, { problem: 'constant', reg: regno });
    checkKind(s, regno, reg, use);
    return factsOf(s, reg);
  }
  const place = dynptrPlace(s, reg);
  if ('place' in place) return refuse(dynptr, s.at, { problem: 'uninitialised', reg: regno, bad: place });
  const record = dynptrAt(s, place);
  if (record === undefined) return refuse(dynptr, s.at, { problem: 'uninitialised', reg: regno });
  checkKind(s, regno, record, use);
  readDynptr(s, place);
  return factsOf(s, record);
}

function checkKind(s: Session, regno: number, record: RegAddr, { of: kind }: DynptrUse): void {
  if (kind !== undefined && kindOf(s, record) !== kind)
    refuse(dynptr, s.at, { problem: 'kind', reg: regno, kind });
}

function factsOf(s: Session, record: RegAddr): DynptrFacts {
  return { kind: kindOf(s, record), id: s.memory.id(record), refObjId: s.memory.refObjId(record) };
}

/** The call gives back what the dynptr holds: there is something. @throws {Refusal} */
export function checkOwned(s: Session, regno: number): void {
  const reg = s.reg(regno);
  const { memory } = s;
  if (memory.type(reg) !== TYPE_STACK) refuse(dynptr, s.at, { problem: 'unowned', reg: regno });
  const place = dynptrPlace(s, reg);
  if ('place' in place) {
    refuse(dynptr, s.at, { problem: 'unacquired', reg: regno, bad: place });
    return;
  }
  if (!place.used || memory.refObjId(memory.spilled(place.frame, place.slot)) === 0)
    refuse(dynptr, s.at, { problem: 'unacquired', reg: regno });
}

/** The call has given back what the dynptr in a register held. */
export function giveBack(s: Session, regno: number): void {
  releaseDynptr(s, dynptrPlace(s, s.reg(regno)) as DynptrPlace);
}

/** A dynptr is made of memory of a map's value only. */
export function checkDynptrSource(s: Session): void {
  const type = s.memory.type(s.reg(1));
  if (type !== TYPE_MAP_VALUE)
    refuse(dynptr, s.at, { problem: 'source', reg: 1, type: typeText(type) }, 'EACCES');
}
