import type { TypedMap } from '../../kernel/typed-map.js';
import type { Run } from '../run.js';
import { matchers } from './matchers.js';
import type { Outcome } from './outcome.js';

/** A check that failed. Test runners show its message. */
export class CheckFailed extends Error {
  /** As node:assert's, so that node:test counts it as a failed assertion. */
  readonly code = 'ERR_ASSERTION';

  constructor(message: string) {
    super(message);
    this.name = 'AssertionError';
  }
}

type Matchers = typeof matchers;
type Arguments<Name extends keyof Matchers> = Matchers[Name] extends (
  received: never,
  ...args: infer Args
) => unknown
  ? Args
  : never;
type Answer<Name extends keyof Matchers> =
  ReturnType<Matchers[Name]> extends Promise<Outcome> ? Promise<undefined> : undefined;

/** The matchers as methods that throw. */
export type Checks<Names extends keyof Matchers> = {
  readonly [Name in Names]: (...args: Arguments<Name>) => Answer<Name>;
};

type RunMatchers = Exclude<keyof Matchers, 'toHaveMap' | 'toHaveEntries'>;
type MapMatchers = 'toHaveMap' | 'toHaveEntries';

/**
 * Checks for any test runner: what a matcher finds wrong is thrown. Checks of maps are awaited.
 *
 * @example
 * ```ts fragment
 * check(run).toReturn('XDP_DROP');
 * check(run).not.toPrint(/error/);
 * await check(object.map('counts')).toHaveMap({ '10.0.0.1': 3 });
 * ```
 */
export function check(run: Run): Checks<RunMatchers> & { readonly not: Checks<RunMatchers> };
export function check(map: TypedMap): Checks<MapMatchers> & { readonly not: Checks<MapMatchers> };
export function check(received: unknown): object {
  return { ...methods(received, true), not: methods(received, false) };
}

function methods(received: unknown, expected: boolean): object {
  const settle = ({ pass, message }: Outcome): undefined => {
    if (pass !== expected) throw new CheckFailed(message());
  };
  return Object.fromEntries(
    Object.entries(matchers).map(([name, matcher]) => [
      name,
      (...args: unknown[]) => {
        const said = (matcher as (...all: unknown[]) => Outcome | Promise<Outcome>)(received, ...args);
        return said instanceof Promise ? said.then(settle) : settle(said);
      },
    ]),
  );
}
