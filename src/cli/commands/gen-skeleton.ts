import type { Run } from '../context.js';
import { takeSkeleton } from '../skeleton.js';

export const run: Run = async ({ words, options, out }) => {
  const { model, types } = await takeSkeleton(words);
  if (options.has('ts')) {
    const { skeletonTs } = await import('../../skeleton/ts.js');
    out.write(skeletonTs(model, { types }));
    return undefined;
  }
  const { skeletonC } = await import('../../skeleton/c.js');
  out.write(skeletonC(model));
  return undefined;
};
