import type { Run } from '../context.js';
import { CommandError } from '../failure.js';
import { readObject } from '../load.js';

export const run: Run = async ({ words }) => {
  const file = words.take('an object file');
  const { notes = [] } = await readObject(file);
  const about = notes.find((note) => note.startsWith('.struct_ops'));
  throw new CommandError(
    about === undefined
      ? `object file ${file} holds no struct_ops`
      : 'struct_ops maps of objects are not made yet, so none can be registered',
    { hint: 'bpftool struct_ops register takes the same object.' },
  );
};
