import type { BpfMap, Kernel } from '../kernel/kernel.js';
import type { LoadedObject } from '../kernel/load.js';
import type { ObjectSpec } from '../object/spec.js';
import { printDiagnostics } from './compile/diagnostics.js';
import { CommandError, doing } from './failure.js';
import { readInput } from './files.js';
import { checkPath, takeMap, takePath } from './select.js';
import { didYouMean, UsageError } from './usage.js';
import type { Words } from './words.js';

/** What follows OBJECT and PATH in `prog load` and `prog loadall`. */
interface Arguments {
  readonly type: string | undefined;
  readonly pinMaps: string | undefined;
  readonly maps: Readonly<Record<string, BpfMap>>;
}

/** An object file or a C source, read before the root is opened, so that nobody waits for a slow disk. */
export async function readObject(file: string): Promise<ObjectSpec> {
  const bytes = await readObjectBytes(file);
  const { objectNameOf, parseObject } = await import('../object/index.js');
  return parseObject(bytes, { name: objectNameOf(file) });
}

/** An object file's bytes, or those that a C source is compiled to. */
export async function readObjectBytes(file: string): Promise<Uint8Array> {
  const given = await readInput(file);
  return file.endsWith('.c') ? compiled(file) : given;
}

async function compiled(file: string): Promise<Uint8Array> {
  const { compileFile, bundledClang } = await import('../compiler/node/index.js');
  const front = bundledClang('once');
  const { object, text } = await compileFile(file, { front }).finally(() => front.close());
  printDiagnostics(text);
  if (object !== undefined) return object;
  throw new CommandError(`${file} does not compile`, {
    hint: 'include folders and macros: skep compile FILE -I… -D…',
  });
}

export async function takeLoadArguments(words: Words, spec: ObjectSpec, kernel: Kernel): Promise<Arguments> {
  let type: string | undefined;
  let pinMaps: string | undefined;
  const maps: Record<string, BpfMap> = {};
  while (words.left > 0) {
    switch (words.keyword(['type', 'map', 'pinmaps'])) {
      case 'type':
        type = await programType(words.take('a program type'));
        break;
      case 'pinmaps':
        pinMaps = takePath(words);
        break;
      case 'map': {
        const name = takeMapName(words, spec);
        maps[name] = await takeMap(words, kernel);
      }
    }
  }
  return { type, pinMaps, maps };
}

function takeMapName(words: Words, spec: ObjectSpec): string {
  const names = spec.maps.map(({ name }) => name);
  if (words.keyword(['idx', 'name']) === 'idx') {
    const name = names[words.number('map idx')];
    if (name === undefined) throw new UsageError(`the object has ${names.length} maps: idx is too much`);
    return name;
  }
  const name = words.take('the name of a map');
  if (!names.includes(name))
    throw new CommandError(`the object has no map named ${name}`, didYouMean(name, names));
  return name;
}

/** bpftool's words are those of sections (`classifier`, `socket`); Linux's names do as well. */
async function programType(word: string): Promise<string> {
  const [{ sectionMeaning }, { programTypeByName, PROGRAM_TYPES }] = await Promise.all([
    import('../object/sections.js'),
    import('../hooks/program-types.js'),
  ]);
  const type = sectionMeaning(word)?.type ?? programTypeByName(word)?.name;
  if (type !== undefined) return type;
  const known = PROGRAM_TYPES.map(({ name }) => name);
  throw new CommandError(`unknown program type '${word}'`, didYouMean(word, known));
}

/** Loads programs of an object, and pins the maps where `pinmaps` says. */
export async function loadObject(
  kernel: Kernel,
  spec: ObjectSpec,
  args: Arguments,
  programs: readonly string[],
  debug = false,
): Promise<LoadedObject> {
  const { load } = await import('../kernel/load.js');
  const loaded = await load(spec, kernel, {
    programs,
    maps: args.maps,
    ...(debug ? { logLevel: 1, onLog: (_, log: string) => void process.stderr.write(log) } : {}),
    ...(args.type === undefined ? {} : { type: args.type }),
  });
  if (args.pinMaps === undefined) return loaded;
  for (const [name, map] of loaded.maps) {
    // A dot is no character of a pinned name; libbpf does the same.
    const path = checkPath(`${args.pinMaps}/${name.replaceAll('.', '_')}`);
    await doing(`failed to pin map ${name} at ${path}`, () => kernel.pin(map.raw, path));
  }
  return loaded;
}

/** Fails early, so that nothing is verified in vain. */
export async function expectFree(kernel: Kernel, path: string): Promise<void> {
  const pin = (await kernel.pins()).find((one) => one.path === path);
  if (pin === undefined) return;
  throw new CommandError(`can't pin the object (${path}): File exists`, {
    hint: `${pin.kind === 'program' ? 'Program' : pin.kind === 'map' ? 'Map' : 'Link'} ${pin.id} is pinned there; choose another path.`,
    facts: { path, kind: pin.kind, id: pin.id },
  });
}

/** @throws {CommandError} for an object without programs. */
export function expectPrograms(spec: ObjectSpec, file: string): void {
  if (spec.programs.length === 0) throw new CommandError(`object file ${file} holds no programs`);
}
