import { nearestNames } from '../engine/world/nearest.js';
import { SkepError } from '../errors/base.js';

/** What a test asks for in a way that cannot be. */
export function testError(
  message: string,
  hint?: string,
  facts: Readonly<Record<string, unknown>> = {},
): SkepError {
  // Test runners show the message alone.
  const whole = hint === undefined ? message : `${message} (${hint})`;
  return new SkepError('TEST_KIT', whole, {
    facts,
    docs: 'testing.md',
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A word that is none of those that there are. */
export function unknownWord(what: string, word: string, known: readonly string[]): SkepError {
  const near = nearestNames(word, known, (name) => name);
  return testError(
    `there is no ${what} '${word}'`,
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${known.join(', ')}`,
    { word, known },
  );
}
