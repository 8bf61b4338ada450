import { targetText } from '../../kernel/target.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { takeProgram } from '../select.js';
import { takeTarget } from '../targets.js';

export const run: Run = ({ words, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    const program = await takeProgram(words, kernel);
    const place = words.left > 0 ? targetText(await takeTarget(words, kernel)) : undefined;
    words.end();
    let found = 0;
    for (const link of await kernel.links()) {
      const info = await link.info();
      if (info.programId !== program.id || (place !== undefined && !isAt(targetText(info.target), place)))
        continue;
      await doing('failed prog detach', () => link.detach());
      found++;
    }
    if (found > 0) return undefined;
    throw new CommandError('failed prog detach: No such file or directory', {
      hint: `Program ${program.id} is not attached ${place === undefined ? 'anywhere' : `at ${place}`}.`,
    });
  });

/** A tracepoint may be named without its category. */
function isAt(target: string, place: string): boolean {
  const [kind, name] = place.split('/');
  return (
    target === place ||
    (place.split('/').length === 2 && target.startsWith(`${kind}/`) && target.endsWith(`/${name}`))
  );
}
