import { KernelError } from '../../errors/errno.js';
import type { Kernel, MapInfo } from '../../kernel/kernel.js';
import { shapeDifferences } from '../../kernel/map-shape.js';
import type { MapSpec } from '../../object/spec.js';
import type { Run } from '../context.js';
import { CommandError, doing } from '../failure.js';
import { checkPath } from '../select.js';
import { didYouMean, UsageError } from '../usage.js';
import type { Words } from '../words.js';

const KEYWORDS = [
  'type',
  'key',
  'value',
  'entries',
  'name',
  'flags',
  'key_size',
  'value_size',
  'max_entries',
] as const;

export const run: Run = async ({ words, out, withKernel }) => {
  const path = words.take('a path');
  const wanted = await takeShape(words, path);
  checkPath(path);
  return withKernel('write', async ({ kernel }) => {
    const present = await pinnedAt(kernel, path);
    if (present !== undefined) {
      expectSame(present, wanted, path);
      if (!out.json) out.write(`${path} already holds this map: id ${present.id}, nothing to do\n`);
      return undefined;
    }
    const map = await doing('map create failed', () => kernel.createMap(wanted));
    await doing(`can't pin the object (${path})`, () => kernel.pin(map, path));
    return undefined;
  });
};

async function takeShape(words: Words, path: string): Promise<MapSpec> {
  const given: Partial<
    Record<'type' | 'name', string> & Record<'key' | 'value' | 'entries' | 'flags', number>
  > = {};
  const set = <K extends keyof typeof given>(keyword: K, value: (typeof given)[K]): void => {
    if (given[keyword] !== undefined) throw new UsageError(`'${keyword}' is given twice`);
    given[keyword] = value;
  };
  while (words.left > 0) {
    switch (words.keyword(KEYWORDS)) {
      case 'type':
        set('type', await mapTypeWord(words.take('a map type')));
        break;
      case 'name':
        set('name', words.take('a name'));
        break;
      case 'key':
      case 'key_size':
        set('key', words.number('key size'));
        break;
      case 'value':
      case 'value_size':
        set('value', words.number('value size'));
        break;
      case 'entries':
      case 'max_entries':
        set('entries', words.number('max entries'));
        break;
      case 'flags':
        set('flags', words.number('flags'));
        break;
    }
  }
  if (given.type === undefined)
    throw new UsageError('map type not specified', { hint: 'Add type TYPE, such as type hash.' });
  return {
    // bpftool insists on a name; tutorials leave it out and mean the path's last part.
    name: given.name ?? path.slice(path.lastIndexOf('/') + 1).slice(0, 15),
    type: given.type,
    keySize: given.key ?? 0,
    valueSize: given.value ?? 0,
    maxEntries: given.entries ?? 0,
    flags: given.flags ?? 0,
    pinning: 'none',
  };
}

async function mapTypeWord(word: string): Promise<string> {
  const { LINUX_MAP_TYPES } = await import('../../maps/registry.js');
  const names = LINUX_MAP_TYPES.map(({ name }) => name);
  const found = names.find((name) => name === word);
  if (found === undefined) throw new CommandError(`unrecognized map type: ${word}`, didYouMean(word, names));
  return found;
}

async function pinnedAt(kernel: Kernel, path: string): Promise<MapInfo | undefined> {
  try {
    const object = await kernel.pinned(path);
    if (object.kind === 'map') return await object.info();
  } catch (error) {
    if (error instanceof KernelError && error.errno === 'ENOENT') return undefined;
    throw error;
  }
  throw new CommandError(`can't pin the object (${path}): File exists`, { hint: 'It is no map.' });
}

function expectSame(present: MapInfo, wanted: MapSpec, path: string): void {
  const differences = shapeDifferences(wanted, present);
  if (differences.length === 0) return;
  const text = differences.map((row) => `${row.property} ${row.found} instead of ${row.wanted}`).join(', ');
  throw new CommandError(`can't pin the object (${path}): File exists`, {
    hint: `It holds map ${present.id}, which has ${text}.`,
    facts: { path, id: present.id, differences },
  });
}
