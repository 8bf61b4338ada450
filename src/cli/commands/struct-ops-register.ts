import type { Link } from '../../kernel/kernel.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { keepAttached } from '../keep.js';
import { loadObject, readObject } from '../load.js';
import { requireLinux } from '../only-linux.js';
import { takePath } from '../select.js';

const NO_FUNCTIONS = 'the engine has no kernel functions in whose place programs could be called';
const NO_ARGUMENTS = { type: undefined, pinMaps: undefined, maps: {} };

/** Maps without a link stay registered by themselves, links where they are pinned: in a folder or where skep keeps them. */
export const run: Run = async (context) => {
  requireLinux(context, 'struct_ops register', NO_FUNCTIONS);
  const { words, out, debug, withKernel } = context;
  const file = words.take('an object file');
  const folder = words.left > 0 ? takePath(words, 'a folder for links') : undefined;
  words.end();
  const spec = await readObject(file);
  const chosen = spec.maps.filter(({ structOps, autocreate }) => structOps && autocreate !== false);
  if (chosen.length === 0)
    throw new CommandError(`object file ${file} holds no struct_ops`, {
      hint: 'They are structs of functions in SEC(".struct_ops") or SEC(".struct_ops.link").',
    });
  const programs = spec.programs.filter(({ autoload }) => autoload !== false).map(({ name }) => name);
  return withKernel('write', async ({ kernel }) => {
    const loaded = await loadObject(kernel, spec, NO_ARGUMENTS, programs, debug);
    const links: Link[] = [];
    try {
      for (const { name, structOps } of chosen) {
        const link = await doing(`can't register struct_ops ${name}`, () => loaded.register(name));
        links.push(link);
        out.info(`Registered ${structOps?.struct} ${name} id ${loaded.map(name).raw.id}`);
        if (folder === undefined || link.id === 0) await keepAttached(kernel, link, out);
        else
          await doing(`can't pin the link (${folder}/${name})`, () => kernel.pin(link, `${folder}/${name}`));
      }
    } catch (error) {
      for (const link of links) await link.detach();
      throw error;
    }
    return undefined;
  });
};
