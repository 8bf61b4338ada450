import { Engine } from '../../engine/engine.js';
import { SkepError } from '../../errors/base.js';
import { targetByName } from '../../hooks/targets.js';
import { load } from '../../kernel/load.js';
import type { ObjectSpec } from '../../object/spec.js';
import { explain } from '../../verifier/explain/explain.js';
import type { Explanation } from '../../verifier/explain/explanation.js';
import { profile } from '../../verifier/explain/profile.js';
import { profileTable } from '../../verifier/explain/profile-table.js';
import { renderExplanation } from '../../verifier/explain/render.js';
import { sarif } from '../../verifier/explain/sarif.js';
import { CAPABILITIES, type Capability, type Privileges } from '../../verifier/privileges.js';
import type { VerifierProgram, VerifyResult } from '../../verifier/verify.js';
import type { Run } from '../context.js';
import { CommandError, renderFailure } from '../failure.js';
import { formatJson, type Json } from '../format/json.js';
import { expectPrograms, readObject } from '../load.js';
import type { Output } from '../output.js';
import { didYouMean, UsageError } from '../usage.js';
import { parseNumber, type Words } from '../words.js';
import { outcomeJson } from './verify-json.js';

/** What came of one program: the verifier's answer, or why there is none. */
export type Outcome = Verified | { readonly name: string; readonly error: SkepError };
interface Verified {
  readonly name: string;
  readonly program: VerifierProgram;
  readonly result: VerifyResult;
  readonly privileges: Privileges;
}

const STATUS = { accepted: 0, rejected: 1, untried: 2 } as const;

/** Verifies in an engine of its own: the root stays as it is. */
export const run: Run = async ({ words, options, out }) => {
  const level = options.get('log');
  const logLevel = typeof level === 'string' ? parseNumber(level, 'log level', 7) : 0;
  const outcomes: Outcome[] = [];
  try {
    const privileges = privilegesOf(options);
    const target = options.get('target');
    if (typeof target === 'string') targetByName(target);
    const file = words.take('an object file');
    const spec = await readObject(file);
    expectPrograms(spec, file);
    for (const name of chosen(spec, words, options.has('all'))) {
      outcomes.push(await outcomeOf(spec, name, { logLevel, privileges }));
    }
  } catch (error) {
    if (!(error instanceof SkepError) || error instanceof UsageError) throw error;
    (out.json ? process.stdout : process.stderr).write(renderFailure(error, out.json, out.pretty));
    out.handOver();
    return STATUS.untried;
  }
  if (options.has('sarif')) {
    out.handOver();
    out.write(`${formatJson(sarif(explanations(outcomes)) as Json, true)}\n`);
  } else if (out.json) out.answer(outcomes.map((outcome) => outcomeJson(outcome, options.has('profile'))));
  else for (const outcome of outcomes) writeOutcome(out, outcome, logLevel > 0, options.has('profile'));
  return Math.max(...outcomes.map((outcome) => STATUS[verdictOf(outcome)]));
};

function chosen(spec: ObjectSpec, words: Words, all: boolean): readonly string[] {
  const names = spec.programs.map(({ name }) => name);
  const wanted = words.rest();
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new CommandError(`the object has no program named ${unknown}`, didYouMean(unknown, names));
  if (wanted.length > 0) return wanted;
  const loaded = spec.programs.filter(({ autoload }) => all || autoload !== false);
  return (loaded.length === 0 ? spec.programs : loaded).map(({ name }) => name);
}

async function outcomeOf(
  spec: ObjectSpec,
  name: string,
  { logLevel, privileges }: { readonly logLevel: number; readonly privileges: Privileges },
): Promise<Outcome> {
  const engine = await Engine.create();
  let outcome: Outcome | undefined;
  try {
    await load(spec, engine, {
      programs: [name],
      verifyOnly: true,
      logLevel,
      privileges,
      onVerify: (program, result) => (outcome = { name, program, result, privileges }),
    });
  } catch (error) {
    if (!(error instanceof SkepError)) throw error;
    // What comes after the verdict, such as compiling, is not asked for here.
    outcome ??= { name, error };
  } finally {
    await engine.close();
  }
  return outcome as Outcome;
}

export function verdictOf(outcome: Outcome): keyof typeof STATUS {
  if ('error' in outcome) return 'untried';
  if (outcome.result.ok) return 'accepted';
  return outcome.result.rejection.rule === 'unsupported' ? 'untried' : 'rejected';
}

/** Why a program was rejected. */
export function explanationOf(
  { program, privileges }: Pick<Verified, 'program' | 'privileges'>,
  { rejection, stats }: VerifyResult & { readonly ok: false },
): Explanation {
  return explain(program, rejection, stats.processedInsns, { privileges });
}

/** Who loads the programs: somebody who may do everything, unless it is said otherwise. */
function privilegesOf(options: ReadonlyMap<string, string | true>): Privileges {
  const mitigations = options.get('mitigations') ?? 'on';
  if (mitigations !== 'on' && mitigations !== 'off')
    throw new UsageError(`--mitigations is on or off, not ${String(mitigations)}`);
  const list = options.get('capabilities');
  const words = typeof list === 'string' ? list.split(',').filter((word) => word !== 'none') : ['sys_admin'];
  const capabilities = options.has('unprivileged') ? [] : words.map(capability);
  return { capabilities, mitigations: mitigations === 'on' };
}

function capability(word: string): Capability {
  const name = word.toLowerCase().replace(/^cap_/, '');
  const found = CAPABILITIES.find((each) => each === name);
  if (found !== undefined) return found;
  throw new CommandError(`the verifier asks for no capability ${word}`, didYouMean(name, [...CAPABILITIES]));
}

function explanations(outcomes: readonly Outcome[]) {
  return outcomes.flatMap((outcome) =>
    'error' in outcome || outcome.result.ok ? [] : [explanationOf(outcome, outcome.result)],
  );
}

function writeOutcome(out: Output, outcome: Outcome, wantsLog: boolean, wantsProfile: boolean): void {
  const { name } = outcome;
  if ('error' in outcome) {
    const { message, hint } = outcome.error;
    out.write(`${name}: could not be tried: ${message}\n${hint === undefined ? '' : `  ${hint}\n`}`);
    return;
  }
  const { program, result } = outcome;
  if (wantsLog) out.write(result.log);
  if (result.ok) {
    const { processedInsns, totalStates } = result.stats;
    out.write(`${name}: accepted (${processedInsns} instructions processed, ${totalStates} states kept)\n`);
  } else {
    const explanation = explanationOf(outcome, result);
    const colour = out.isTerminal && !process.env['NO_COLOR'];
    const verdict = verdictOf(outcome) === 'rejected' ? 'rejected' : 'could not be tried';
    out.write(`${name}: ${verdict}\n${renderExplanation(explanation, { colour })}`);
  }
  if (wantsProfile) out.write(profileTable(profile(program, { privileges: outcome.privileges }).rows));
}
