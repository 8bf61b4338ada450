import { subskeletonC } from '../../skeleton/c-sub.js';
import type { Run } from '../context.js';
import { takeSkeleton } from '../skeleton.js';

export const run: Run = async ({ words, out }) => {
  const { model } = await takeSkeleton(words);
  out.write(subskeletonC(model));
  return undefined;
};
