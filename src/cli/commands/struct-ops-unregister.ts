import type { Run } from '../context.js';
import { doing } from '../failure.js';
import { structOpsMaps } from '../struct-ops.js';

/** A map that a link registered is unregistered by detaching that link. */
export const run: Run = ({ words, out, withKernel }) =>
  withKernel('write', async ({ kernel }) => {
    if (words.left === 0) words.take('a map');
    const [chosen] = await structOpsMaps(words, kernel);
    if (chosen === undefined) return undefined;
    const text = `Unregistered ${chosen.struct} ${chosen.name} id ${chosen.id}`;
    for (const link of await kernel.links()) {
      const { target } = await link.info();
      if (target.kind !== 'struct_ops' || target.map !== chosen.id) continue;
      await doing('failed to unregister', () => link.detach());
      out.info(text);
      return undefined;
    }
    await doing(`can't unregister struct_ops map ${chosen.id}`, () => chosen.map.delete(new Uint8Array(4)));
    out.info(text);
    return undefined;
  });
