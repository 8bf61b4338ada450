import { Engine } from '../../src/engine/engine.js';
import { load } from '../../src/kernel/load.js';
import { parseObject } from '../../src/object/index.js';
import type { ObjectSpec } from '../../src/object/spec.js';
import { explain } from '../../src/verifier/explain/explain.js';
import type { Explanation } from '../../src/verifier/explain/explanation.js';
import { renderExplanation } from '../../src/verifier/explain/render.js';
import type { VerifierProgram, VerifyResult } from '../../src/verifier/verify.js';

interface Verified {
  readonly program: VerifierProgram;
  readonly result: VerifyResult;
}

async function verified(spec: ObjectSpec, name: string): Promise<Verified | undefined> {
  const engine = await Engine.create();
  let answer: Verified | undefined;
  try {
    await load(spec, engine, {
      programs: [name],
      onVerify: (program, result) => {
        answer = { program, result };
      },
    });
  } catch {
    // What the engine cannot run, or the verifier refuses, is still told.
  } finally {
    await engine.close();
  }
  return answer;
}

/** The first program of an object as the verifier takes it, with its answer. */
export async function verifyObject(bytes: Uint8Array): Promise<Verified> {
  const spec = parseObject(bytes);
  const answer = await verified(spec, spec.programs[0]?.name ?? '');
  if (answer === undefined) throw new Error('the object was not verified');
  return answer;
}

/** All programs of an object that come as far as the verifier. */
export async function verifierPrograms(bytes: Uint8Array): Promise<VerifierProgram[]> {
  const spec = parseObject(bytes);
  const programs: VerifierProgram[] = [];
  for (const { name } of spec.programs) {
    const answer = await verified(spec, name);
    if (answer !== undefined) programs.push(answer.program);
  }
  return programs;
}

/** Why an object's first program is rejected. @throws when it is not. */
export async function explanationOf(bytes: Uint8Array): Promise<Explanation> {
  const { program, result } = await verifyObject(bytes);
  if (result.ok) throw new Error('accepted');
  return explain(program, result.rejection, result.stats.processedInsns);
}

/** The same as text. Times differ from run to run and are written as 0. */
export async function explainObject(bytes: Uint8Array): Promise<string> {
  const explanation = await explanationOf(bytes);
  const { cost } = explanation;
  return renderExplanation(
    cost === undefined
      ? explanation
      : { ...explanation, cost: cost.map((row) => ({ ...row, milliseconds: 0 })) },
  );
}
