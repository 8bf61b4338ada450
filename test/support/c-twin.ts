import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { linuxBtf } from '../../src/btf/linux/linux-btf.js';
import { compileSource } from '../../src/compiler/compile.js';
import type { FrontEnd } from '../../src/compiler/front/front.js';
import { clangInThisThread } from '../../src/compiler/front/in-thread.js';
import { readClangFile } from '../../src/compiler/front/node/files.js';
import { Engine } from '../../src/engine/engine.js';
import { KernelError } from '../../src/errors/errno.js';
import type { Kernel, RunInput, RunResult } from '../../src/kernel/kernel.js';
import { load } from '../../src/kernel/load.js';
import { bpfAvailability } from '../../src/linux/bpf.js';
import { LinuxKernel } from '../../src/linux/index.js';
import type { MapSpec, ObjectSpec } from '../../src/object/spec.js';

export const kernelAvailability = bpfAvailability();

let front: FrontEnd | undefined;

/** The folder of the C programs, and of the header that they share. */
export const TWIN_CASES = 'test/cases/twin';

/** Compiles a case with skep's own compiler and headers. @throws Error with clang's words */
export function compileObject(file: string): Promise<Uint8Array> {
  return compileFile(TWIN_CASES, file);
}

/** Compiles a file of a folder, which its headers are in too. @throws Error with clang's words */
export async function compileFile(folder: string, file: string): Promise<Uint8Array> {
  const resolve = createRequire(join(process.cwd(), 'package.json')).resolve;
  front ??= clangInThisThread(readClangFile(resolve('@yowasp/clang')));
  const read = (path: string) => {
    const at = join(folder, path);
    return existsSync(at) ? new Uint8Array(readFileSync(at)) : undefined;
  };
  const { object, text } = await compileSource(file, read, front, { btf: linuxBtf, flags: ['-w'] });
  if (object === undefined) throw new Error(text);
  return object;
}

/** The names of a case's programs, by its text. */
export function programsOf(file: string): readonly string[] {
  const text = readFileSync(join(TWIN_CASES, file), 'utf8');
  return [...text.matchAll(/^SEC\("[^".]+"\) int (\w+)\(/gm)].map((match) => match[1]!);
}

/** What a run left behind: r0, the packet, the context, and each map's entries in order of their keys, as hex. */
export interface CTwinOutcome {
  /** Why the kernel did not run it at all. */
  readonly refused: string;
  readonly returnValue: number;
  readonly packet: string;
  readonly ctx: string;
  readonly maps: Readonly<Record<string, readonly string[]>>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
/** Zeros at the end of a value say nothing. */
const row = ([key, value]: readonly [Uint8Array, Uint8Array]): string =>
  `${hex(key)}=${hex(value).replace(/(00)+$/, '')}`;

/** Types whose contents Linux and the engine can be asked for alike. */
const LISTED = new Set(['array', 'hash', 'lru_hash', 'lpm_trie']);
const listed = (spec: ObjectSpec): readonly MapSpec[] =>
  spec.maps.filter(({ type, frozen }) => LISTED.has(type) && frozen !== true);

/** @param contents asked for after the run */
async function outcome(
  run: () => Promise<RunResult>,
  contents: () => Promise<CTwinOutcome['maps']>,
): Promise<CTwinOutcome> {
  try {
    const { returnValue, data, ctx } = await run();
    return { refused: '', returnValue, packet: hex(data), ctx: hex(ctx), maps: await contents() };
  } catch (error) {
    if (!(error instanceof KernelError)) throw error;
    return { refused: error.errno, returnValue: 0, packet: '', ctx: '', maps: {} };
  }
}

/** Runs one program of an object in the engine, on fresh maps. */
export async function runInEngine(
  spec: ObjectSpec,
  program: string,
  input: RunInput,
  engine: 'jit' | 'interpreter',
): Promise<CTwinOutcome> {
  return runIn(await Engine.create({ engine }), spec, program, input);
}

/** Runs one program of an object in this machine's own kernel, on fresh maps. @throws {ProgramRejected} */
export async function runInLinux(spec: ObjectSpec, program: string, input: RunInput): Promise<CTwinOutcome> {
  return runIn(LinuxKernel.open(), spec, program, input);
}

async function runIn(
  kernel: Kernel,
  spec: ObjectSpec,
  program: string,
  input: RunInput,
): Promise<CTwinOutcome> {
  const object = await load(spec, kernel, { programs: [program] });
  try {
    const contents = async () => {
      const maps: Record<string, string[]> = {};
      for (const { name } of listed(spec)) {
        const rows: string[] = [];
        for await (const entry of object.map(name).raw.entries()) rows.push(row(entry));
        maps[name] = rows.sort();
      }
      return maps;
    };
    return await outcome(() => object.program(program).run(input), contents);
  } finally {
    await object.close();
    await kernel.close();
  }
}
