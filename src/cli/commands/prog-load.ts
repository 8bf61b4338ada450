import type { ObjectSpec } from '../../object/spec.js';
import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { expectFree, expectPrograms, loadObject, readObject, takeLoadArguments } from '../load.js';
import { takePath } from '../select.js';

export const run: Run = async ({ words, out, debug, withKernel }) => {
  const file = words.take('an object file');
  const path = takePath(words, 'a path to pin the program at');
  const spec = await readObject(file);
  expectPrograms(spec, file);
  return withKernel('write', async ({ kernel }) => {
    const args = await takeLoadArguments(words, spec, kernel);
    await expectFree(kernel, path);
    const programs = programsToLoad(spec);
    const loaded = await loadObject(kernel, spec, args, programs, debug);
    const program = loaded.program(programs[0]!);
    await doing(`can't pin the object (${path})`, () => kernel.pin(program, path));
    out.note(`program ${program.id}: ${programs[0]} at ${path}`);
    return undefined;
  });
};

/** The first one, or all when maps of the object name programs. */
function programsToLoad(spec: ObjectSpec): string[] {
  const names = spec.programs.map(({ name }) => name);
  const needsAll = spec.maps.some(({ initial }) => initial?.some(({ refKind }) => refKind === 'program'));
  return needsAll ? names : names.slice(0, 1);
}
