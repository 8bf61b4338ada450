import type { BpfMap, Kernel, KernelObject, Link, Program } from '../kernel/kernel.js';
import { CommandError, doing } from './failure.js';
import { didYouMean } from './usage.js';
import { parseNumber, type Words } from './words.js';

/** The maps that `{ id N | pinned PATH | name NAME }` means: several may have a name. */
export async function takeMaps(words: Words, kernel: Kernel): Promise<BpfMap[]> {
  switch (words.keyword(['id', 'name', 'pinned'])) {
    case 'id': {
      const id = takeId(words);
      return [await doing(`get map by id (${id})`, () => kernel.mapById(id))];
    }
    case 'pinned':
      return [expectKind(await takePinned(words, kernel), 'map')];
    case 'name':
      return named('map', words.take('a name'), await kernel.maps());
  }
}

export async function takeMap(words: Words, kernel: Kernel): Promise<BpfMap> {
  return one(await takeMaps(words, kernel), 'maps');
}

export async function takePrograms(words: Words, kernel: Kernel): Promise<Program[]> {
  switch (words.keyword(['id', 'tag', 'name', 'pinned'])) {
    case 'id': {
      const id = takeId(words);
      return [await doing(`get by id (${id})`, () => kernel.programById(id))];
    }
    case 'pinned':
      return [expectKind(await takePinned(words, kernel), 'program')];
    case 'name':
      return named('program', words.take('a name'), await kernel.programs());
    case 'tag': {
      const tag = words.take('a tag');
      const found: Program[] = [];
      for (const program of await kernel.programs()) {
        if ((await program.info()).tag === tag.toLowerCase()) found.push(program);
      }
      if (found.length === 0) throw new CommandError(`no program has the tag ${tag}`);
      return found;
    }
  }
}

export async function takeProgram(words: Words, kernel: Kernel): Promise<Program> {
  return one(await takePrograms(words, kernel), 'programs');
}

export async function takeLink(words: Words, kernel: Kernel): Promise<Link> {
  if (words.keyword(['id', 'pinned']) === 'pinned') {
    return expectKind(await takePinned(words, kernel), 'link');
  }
  const id = takeId(words);
  return doing(`failed to get link with ID ${id}`, () => kernel.linkById(id));
}

/** An absolute path in the BPF file system of the root; never a path of the real file system. */
export function takePath(words: Words, what = 'a path'): string {
  return checkPath(words.take(what));
}

export function checkPath(path: string): string {
  if (path.startsWith('/')) return path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  throw new CommandError(`can't pin the object (${path}): it is no absolute path`, {
    hint: `Pinned names begin with /sys/fs/bpf/: /sys/fs/bpf/${path}.`,
  });
}

async function takePinned(words: Words, kernel: Kernel): Promise<KernelObject> {
  const path = takePath(words);
  return doing(`bpf obj get (${path})`, () => kernel.pinned(path));
}

function expectKind<K extends KernelObject['kind']>(
  object: KernelObject,
  kind: K,
): Extract<KernelObject, { kind: K }> {
  const hasKind = (o: KernelObject): o is Extract<KernelObject, { kind: K }> => o.kind === kind;
  if (hasKind(object)) return object;
  throw new CommandError(`incorrect object type: ${object.kind}`, { hint: `A ${kind} is needed here.` });
}

function takeId(words: Words): number {
  return parseNumber(words.take('an id'), 'ID');
}

async function named<T extends BpfMap | Program>(
  kind: string,
  name: string,
  all: readonly T[],
): Promise<T[]> {
  const names = await Promise.all(all.map(async (object) => (await object.info()).name));
  // Linux keeps 15 bytes of a name, and people ask for the whole.
  const found = all.filter((_, i) => names[i] === name || names[i] === name.slice(0, 15));
  if (found.length > 0) return found;
  const known = [...new Set(names)].filter((text) => text !== '');
  throw new CommandError(`no ${kind} is named ${name}`, known.length === 0 ? {} : didYouMean(name, known));
}

function one<T>(objects: readonly T[], what: string): T {
  if (objects.length === 1) return objects[0]!;
  throw new CommandError(`several ${what} match this handle`, { hint: 'Say which by its id.' });
}

/** Where each object is pinned, in order of the paths. */
export async function pinnedPaths(
  kernel: Kernel,
  kind: KernelObject['kind'],
): Promise<Map<number, string[]>> {
  const paths = new Map<number, string[]>();
  for (const pin of await kernel.pins()) {
    if (pin.kind === kind) paths.set(pin.id, [...(paths.get(pin.id) ?? []), pin.path]);
  }
  return paths;
}
