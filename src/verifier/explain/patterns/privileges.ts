import type { Rejection } from '../../verify.js';
import { type Case, type Diagnosis, historyOfSubject, placeWords, subjectOf } from './pattern.js';

/** What passes in the place of what shows an address. */
const INSTEAD: Readonly<Record<string, string>> = {
  store: 'store what the pointer leads to, or an index or a key that finds it again',
  helper: 'hand the helper a number; memory is handed over by arguments that take pointers',
  return: 'return a number: a verdict, or a value that was loaded through the pointer',
  comparison:
    'compare the pointer with null only right behind the helper that returned it; keep a flag of your own else',
  copy: 'copy all 64 bits, to use the pointer as one',
  sign: 'copy all 64 bits, to use the pointer as one',
  arithmetic: 'compute with what the pointer leads to',
  stack: 'keep the number in another slot of the stack than the pointer',
};

/** What passes in the place of a move that cannot be masked. */
const MASKABLE: Readonly<Record<string, string>> = {
  bounds: 'make the sign of the number known before it is added: unsigned, or checked against 0',
  type: 'use a constant offset, or copy the data into an array in a map and index that',
  paths:
    'add on each path in a line of its own, so that the compiler does not merge them (asm volatile between)',
  limit: 'start from inside: add the number first, then the constant',
  variable_stack: 'move the array into a map of one entry: an index into the stack is not allowed here',
  variable_access: 'move the array into a map of one entry: an index into the stack is not allowed here',
  stack_range: 'stay between r10-512 and r10 at every step',
  value_range: 'check the number against the size of the value before it is added, not after',
  pending: 'make the program smaller: each addition to a pointer is followed twice',
};

/** Refusals that others than the loader would not get: what gives the right, and how to do without. */
export function missingPrivilege(c: Case): Diagnosis | undefined {
  const instead = insteadOf(c.rejection);
  if (instead === undefined) return undefined;
  const reg = subjectOf(c);
  const last = reg === undefined || reg > 9 ? undefined : historyOfSubject(c, reg).at(-1);
  return {
    ...(last === undefined
      ? {}
      : { lost: { text: `${placeWords(c, last.insn)}: r${reg}: ${last.text}`, insn: last.insn } }),
    fix: instead,
  };
}

function insteadOf({ rule, facts }: Rejection): string | undefined {
  const problem = String(facts['problem']);
  const needs = facts['needs'];
  switch (rule) {
    case 'pointer-leak':
      return withCapability(INSTEAD[problem], 'CAP_PERFMON');
    case 'speculation':
      return withCapability(MASKABLE[problem], 'CAP_PERFMON');
    case 'helper-not-allowed':
      return typeof needs === 'string'
        ? withCapability('do without this helper', `CAP_${needs.toUpperCase()}`)
        : undefined;
    default:
      return undefined;
  }
}

function withCapability(instead: string | undefined, capability: string): string | undefined {
  return instead === undefined ? undefined : `${instead}; or load the program with ${capability}`;
}
