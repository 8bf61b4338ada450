import type { Run } from '../context.js';
import { writeOutput } from '../files.js';
import { readObjectBytes } from '../load.js';

export const run: Run = async ({ words }) => {
  const output = words.take('the file to write');
  const files = [words.take('an object'), ...words.rest()];
  const inputs = [];
  for (const name of files) inputs.push({ name, bytes: await readObjectBytes(name) });
  const { combineObjects } = await import('../../object/combine/index.js');
  await writeOutput(output, combineObjects(inputs));
  return undefined;
};
