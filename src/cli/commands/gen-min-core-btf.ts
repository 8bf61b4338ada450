import { coreReach, minimiseBtf, writeBtf } from '../../btf/index.js';
import { readBtfFile } from '../btf-source.js';
import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { writeOutput } from '../files.js';
import { readObject } from '../load.js';

export const run: Run = async ({ words }) => {
  const input = words.take('the file of a kernel’s types');
  const output = words.take('the file to write');
  const files = [words.take('an object'), ...words.rest()];
  const kernel = await readBtfFile(input);
  const reached = [];
  for (const file of files) {
    const { programs, btf } = await readObject(file);
    if (btf === undefined) {
      throw new CommandError(`${file} has no types to fit to a kernel's`, {
        hint: 'compile it with -g',
      });
    }
    const records = programs.flatMap(({ coreRelocations }) => coreRelocations);
    reached.push(...coreReach(records, { local: btf, kernel }));
  }
  await writeOutput(output, writeBtf(minimiseBtf(kernel, reached)));
  return undefined;
};
