import { Engine } from '../../src/engine/engine.js';
import { load } from '../../src/kernel/load.js';
import { parseObject } from '../../src/object/index.js';
import { explain } from '../../src/verifier/explain/explain.js';
import type { Explanation } from '../../src/verifier/explain/explanation.js';
import { renderExplanation } from '../../src/verifier/explain/render.js';
import type { VerifierProgram, VerifyResult } from '../../src/verifier/verify.js';

/** The first program of an object as the verifier takes it, with its answer. */
export async function verifyObject(
  bytes: Uint8Array,
): Promise<{ readonly program: VerifierProgram; readonly result: VerifyResult }> {
  const spec = parseObject(bytes);
  const engine = await Engine.create();
  let answer: { program: VerifierProgram; result: VerifyResult } | undefined;
  const programs = [spec.programs[0]?.name ?? ''];
  try {
    await load(spec, engine, {
      programs,
      logLevel: 1,
      onVerify: (program, result) => {
        answer = { program, result };
      },
    });
  } catch (error) {
    if (answer === undefined) throw error;
  } finally {
    await engine.close();
  }
  if (answer === undefined) throw new Error('the object was not verified');
  return answer;
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
