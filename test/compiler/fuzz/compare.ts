import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { parseObject } from '../../../src/index.js';
import type { ObjectSpec } from '../../../src/object/spec.js';
import { clangObject, objectOfClangIr, skepObject } from './compile.js';
import { PRELUDE, type RandomProgram, randomProgram } from './random-c.js';
import { type Outcome, openKernel, outcomeOf, type Runner } from './run.js';

export const OUTCOMES = [
  'same',
  /** Linux computes with skep's code what it does not with clang's. */
  'different',
  /** skep's engine does not compute what Linux does, from skep's object. */
  'engine different',
  'skep failed',
  'clang failed',
  'only clang loads',
  'only Linux loads',
  /** LLVM 22, the bundled front end, left other IR than clang 19: from that one's IR ours loads, and is the same. */
  'same from the IR of clang 19',
  /** clang's own code takes over a third of the verifier's budget: which side of it is a matter of luck. */
  'near the budget',
  'neither loads',
] as const;

export interface Comparison {
  readonly outcome: (typeof OUTCOMES)[number];
  readonly seed: number;
  readonly cpu: BpfCpu;
  readonly detail: string;
  readonly slots?: { readonly skep: number; readonly clang: number };
  readonly processed?: { readonly skep: number; readonly clang: number };
}

/** Outcomes that are faults of skep. */
export const FAULTS: ReadonlySet<Comparison['outcome']> = new Set<Comparison['outcome']>([
  'different',
  'engine different',
  'skep failed',
  'clang failed',
  'only clang loads',
  'only Linux loads',
]);

/** Instructions that the verifier processes at most. */
const BUDGET = 1_000_000;

/** What random programs are run in: Linux where it may be, and skep's engine. */
export interface CompareOptions {
  readonly runners: readonly Runner[];
}

export const EVERYWHERE: CompareOptions = { runners: ['linux', 'jit', 'interpreter'] };

/** Compiles random programs by skep and by clang, all in one file, runs each on the same packets, and compares. */
export async function compareSeeds(
  seeds: readonly number[],
  cpu: BpfCpu,
  options: CompareOptions = EVERYWHERE,
): Promise<Comparison[]> {
  return comparePrograms(
    seeds.map((seed) => ({ seed, ...randomProgram(seed, cpu) })),
    cpu,
    options,
  );
}

type Seeded = RandomProgram & { readonly seed: number };

export async function comparePrograms(
  programs: readonly Seeded[],
  cpu: BpfCpu,
  options: CompareOptions = EVERYWHERE,
): Promise<Comparison[]> {
  const source = `${PRELUDE}${programs.map(({ text }) => text).join('\n')}`;
  const theirs = await attempt(() => clangObject(source, cpu));
  const ours = await attempt(() => skepObject(source, cpu));
  const [first] = programs;
  if (theirs.spec === undefined || ours.spec === undefined) {
    if (programs.length > 1 || first === undefined) {
      const alone: Comparison[] = [];
      for (const program of programs) alone.push(...(await comparePrograms([program], cpu, options)));
      return alone;
    }
    const { seed } = first;
    if (theirs.spec === undefined) return [{ outcome: 'clang failed', seed, cpu, detail: theirs.text }];
    return [{ outcome: 'skep failed', seed, cpu, detail: ours.text }];
  }
  const results: Comparison[] = [];
  for (const program of programs)
    results.push(await compareProgram(program, cpu, ours.spec, theirs.spec, options));
  return results;
}

async function attempt(
  compile: () => Uint8Array | Promise<Uint8Array>,
): Promise<{ readonly spec?: ObjectSpec; readonly text: string }> {
  try {
    return { spec: parseObject(await compile()), text: '' };
  } catch (error) {
    return { text: (error as Error).stack?.slice(0, 1500) ?? String(error) };
  }
}

async function compareProgram(
  program: Seeded,
  cpu: BpfCpu,
  ours: ObjectSpec,
  theirs: ObjectSpec,
  { runners }: CompareOptions,
): Promise<Comparison> {
  const { seed, name } = program;
  const outcomes = async (spec: ObjectSpec, runner: Runner): Promise<Outcome> => {
    const kernel = await openKernel(runner);
    try {
      return await outcomeOf(kernel, spec, name, seed);
    } finally {
      await kernel.close();
    }
  };
  const [referee = 'jit', ...others] = runners;
  const expected = await outcomes(theirs, referee);
  const found = await outcomes(ours, referee);
  const common = {
    seed,
    cpu,
    slots: { skep: slotsOf(ours, name), clang: slotsOf(theirs, name) },
    processed: { skep: found.processed, clang: expected.processed },
  };
  if (!expected.loaded) {
    if (!found.loaded) return { ...common, outcome: 'neither loads', detail: expected.text };
  } else if (!found.loaded) {
    const again = await outcomes(parseObject(objectOfClangIr(`${PRELUDE}${program.text}`, cpu)), referee);
    const isSame = again.loaded && again.text === expected.text;
    const isNear = expected.processed > BUDGET / 3 && found.text.includes('too large');
    const outcome = isSame ? 'same from the IR of clang 19' : isNear ? 'near the budget' : 'only clang loads';
    return { ...common, outcome, detail: found.text };
  } else if (expected.text !== found.text) {
    return { ...common, outcome: 'different', detail: `clang: ${expected.text}\nskep:  ${found.text}` };
  }
  for (const runner of others) {
    const again = await outcomes(ours, runner);
    const detail = `Linux: ${found.text}\n${runner}:  ${again.text}`;
    if (!again.loaded) return { ...common, outcome: 'only Linux loads', detail };
    if (again.text !== found.text) return { ...common, outcome: 'engine different', detail };
  }
  return { ...common, outcome: 'same', detail: '' };
}

function slotsOf(spec: ObjectSpec, name: string): number {
  return spec.programs.find((program) => program.name === name)?.insns.length ?? 1;
}
