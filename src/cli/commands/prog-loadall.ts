import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { expectFree, expectPrograms, loadObject, readObject, takeLoadArguments } from '../load.js';
import { takePath } from '../select.js';

export const run: Run = async ({ words, debug, withKernel }) => {
  const file = words.take('an object file');
  const folder = takePath(words, 'a folder to pin the programs in');
  const spec = await readObject(file);
  expectPrograms(spec, file);
  return withKernel('write', async ({ kernel }) => {
    const args = await takeLoadArguments(words, spec, kernel);
    const names = spec.programs.map(({ name }) => name);
    for (const name of names) await expectFree(kernel, `${folder}/${name}`);
    const loaded = await loadObject(kernel, spec, args, names, debug);
    for (const [name, program] of loaded.programs) {
      const path = `${folder}/${name}`;
      await doing(`can't pin the object (${path})`, () => kernel.pin(program, path));
    }
    return undefined;
  });
};
