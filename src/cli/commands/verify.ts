import { Engine } from '../../engine/engine.js';
import { SkepError } from '../../errors/base.js';
import { helperById } from '../../helpers/registry.js';
import { load } from '../../kernel/load.js';
import { ProgramRejected } from '../../kernel/rejected.js';
import { type Explanation, explain, renderExplanation } from '../../verifier/explain/render.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import type { Json } from '../format/json.js';
import { expectPrograms, readObject } from '../load.js';
import { didYouMean } from '../usage.js';
import { parseNumber } from '../words.js';

interface Outcome {
  readonly name: string;
  readonly error: SkepError | undefined;
  readonly log: string;
  readonly explanation: Explanation | undefined;
}

/** Verifies in an engine of its own: the root stays as it is. */
export const run: Run = async ({ words, options, out }) => {
  const file = words.take('an object file');
  const only = words.peek() === undefined ? undefined : words.take('a program');
  words.end();
  const level = options.get('level');
  const logLevel = typeof level === 'string' ? parseNumber(level, 'log level', 7) : 1;
  const spec = await readObject(file);
  expectPrograms(spec, file);
  const names = spec.programs.map(({ name }) => name);
  if (only !== undefined && !names.includes(only)) {
    throw new CommandError(`the object has no program named ${only}`, didYouMean(only, names));
  }
  const outcomes: Outcome[] = [];
  for (const name of only === undefined ? names : [only]) {
    let log = '';
    const engine = await Engine.create();
    try {
      await load(spec, engine, { programs: [name], logLevel, onLog: (_, text) => (log = text) });
      outcomes.push({ name, error: undefined, log, explanation: undefined });
    } catch (error) {
      if (!(error instanceof SkepError)) throw error;
      const rejected = error instanceof ProgramRejected ? error : undefined;
      const insns = spec.programs.find((program) => program.name === name)?.insns ?? [];
      const explanation = rejected && explain({ insns }, rejected.rejection, (id) => helperById(id)?.name);
      outcomes.push({ name, error, log: rejected?.log ?? log, explanation });
    } finally {
      await engine.close();
    }
  }
  if (out.json) out.answer(outcomes.map(outcomeJson));
  else for (const outcome of outcomes) out.write(outcomeText(outcome, options.has('log')));
  return outcomes.every(({ error }) => error === undefined) ? 0 : 1;
};

function outcomeText({ name, error, log, explanation }: Outcome, wantsLog: boolean): string {
  const text = !wantsLog || log === '' || log.endsWith('\n') ? log : `${log}\n`;
  const shown = wantsLog ? text : '';
  if (error === undefined) return `${shown}${name}: accepted\n`;
  if (explanation !== undefined) return `${shown}${name}: rejected\n${renderExplanation(explanation)}`;
  const hint = error.hint === undefined ? '' : `  ${error.hint}\n`;
  return `${shown}${name}: ${error.message}\n${hint}`;
}

function outcomeJson({ name, error, log, explanation }: Outcome): Json {
  if (error === undefined) return { name, ok: true, log };
  const rejection = error instanceof ProgramRejected ? error.rejection : undefined;
  return {
    name,
    ok: false,
    error: error.message,
    rule: rejection?.rule,
    insn: rejection?.insn,
    line: rejection?.line === undefined ? undefined : { ...rejection.line },
    hint: error.hint,
    why: explanation?.why,
    log,
  };
}
