import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { expectFree, expectPrograms, loadObject, readObject } from '../load.js';
import { takeMap, takePath } from '../select.js';

/** Makes a file of an iterator program: whoever reads it runs the program. */
export const run: Run = async ({ words, withKernel }) => {
  const file = words.take('an object file');
  const path = takePath(words, 'a path to pin the iterator at');
  const spec = await readObject(file);
  expectPrograms(spec, file);
  return withKernel('write', async ({ kernel }) => {
    const map = words.left > 0 && words.accept('map') ? await takeMap(words, kernel) : undefined;
    words.end();
    await expectFree(kernel, path);
    const [first] = spec.programs;
    const name = first?.name ?? '';
    const args = { type: undefined, pinMaps: undefined, maps: {} };
    const loaded = await loadObject(kernel, spec, args, [name]);
    const target = { kind: 'iter' as const, ...(map === undefined ? {} : { map: map.id }) };
    const link = await doing('attach_iter failed', () => kernel.attach(loaded.program(name), target));
    await doing(`failed to pin the iterator at ${path}`, () => kernel.pin(link, path));
    return undefined;
  });
};
