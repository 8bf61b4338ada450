import { SkepError } from '../errors/base.js';

/** A kernel whose rules were measured: what its program types may do, and which helpers they may call. */
export interface Target {
  /** `linux-X.Y`. */
  readonly name: string;
}

/** The measured tables there are (`measured.ts`, `src/helpers/callers.ts`), the default first. */
export const TARGETS = [{ name: 'linux-6.18' }] as const satisfies readonly Target[];

/** @throws {SkepError} `UNKNOWN_TARGET`, naming those that there are. */
export function targetByName(name: string): Target {
  const target = TARGETS.find((one) => one.name === name);
  if (target !== undefined) return target;
  throw new SkepError('UNKNOWN_TARGET', `the rules of ${name} were not measured`, {
    facts: { target: name, there: TARGETS.map((one) => one.name) },
    hint: `there is ${TARGETS.map((one) => one.name).join(', ')}; npm run generate -- --kernel measures the kernel that runs`,
  });
}
