import { type Comparison, compare } from './compare.js';
import type { Generated } from './generate.js';

/** What is said, whatever it is said of. */
const sentence = (text: string) => text.replace(/\d+/g, '').replace(/cur state[\s\S]*/, '');

/** Programs that exhaust a verifier take long: in milliseconds. */
const LONGEST = 60_000;

/** Whether two comparisons found the same thing. */
function isSame(a: Comparison, b: Comparison): boolean {
  if (a.outcome !== b.outcome || sentence(a.kernel) !== sentence(b.kernel)) return false;
  return (
    a.outcome !== 'same' ||
    (a.oursProcessed !== a.kernelProcessed) === (b.oursProcessed !== b.kernelProcessed)
  );
}

/**
 * A smaller program of which both verifiers still disagree in the same way: lines are left out in ever smaller groups,
 * until none can be.
 */
export function shrink(
  found: Comparison,
  ask = (program: Generated) => compare(found.seed, program),
): Comparison {
  let best = found;
  const end = Date.now() + LONGEST;
  for (let size = 16; size >= 1; size = size === 1 ? 0 : size >> 1) {
    for (let again = true; again; ) {
      again = false;
      for (let at = 0; at < linesOf(best.program).length; at += again ? 0 : size) {
        if (Date.now() > end) return best;
        const smaller = without(best.program, at, size);
        const result = ask(smaller);
        again = isSame(found, result);
        if (again) best = result;
        if (again && size > 1) continue;
      }
    }
  }
  return best;
}

function linesOf({ source }: Generated): string[] {
  return source.split('\n').filter((line) => line !== '');
}

function without(program: Generated, at: number, count: number): Generated {
  const lines = linesOf(program);
  lines.splice(at, count);
  return { ...program, source: lines.join('\n') };
}

/** A program as a file of test/cases/verifier holds it, labelled by the kernel. */
export function asCase({ seed, program, kernel }: Comparison): string {
  const { hook, attachType, target } = program;
  const words = [hook, attachType, target].filter((word) => word !== undefined).join(' ');
  const label = kernel === '' ? '=> accepted' : `=> rejected\n${kernel.replace(/^/gm, '| ')}`;
  return `## found by seed ${seed}\nhook: ${words}\n${program.source.replace(/^/gm, '    ')}\n${label}\n`;
}
