import type { SkeletonModel } from '../skeleton/model.js';
import { CommandError } from './failure.js';
import { readObjectBytes } from './load.js';
import type { Words } from './words.js';

/** `FILE [name NAME] [type TYPE]…`: the object to make a skeleton of. */
export async function takeSkeleton(
  words: Words,
): Promise<{ readonly model: SkeletonModel; readonly types: readonly string[] }> {
  const file = words.take('an object file');
  let name: string | undefined;
  const types: string[] = [];
  while (words.left > 0) {
    if (words.keyword(['name', 'type']) === 'name') name = words.take('a name');
    else types.push(words.take('the name of a type'));
  }
  const { identifierOf, skeletonModel } = await import('../skeleton/model.js');
  const chosen = name ?? identifierOf(file);
  if (!/^[A-Za-z_]\w{0,62}$/.test(chosen))
    throw new CommandError(`'${chosen}' is no name for a skeleton`, {
      hint: 'A name of C has letters, digits and _, at most 63. Say it: name NAME.',
    });
  return { model: skeletonModel(await readObjectBytes(file), chosen), types };
}
