import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileBitcode } from '../../../src/compiler/back-end.js';
import type { BpfCpu, FrontEnd } from '../../../src/compiler/front/front.js';
import { clangInThisThread } from '../../../src/compiler/front/in-thread.js';
import { readClangFile } from '../../../src/compiler/front/node/files.js';

/** The folder of the C programs, and of the header that they share. */
export const CASES = 'test/cases/compiler';
const HEADER = 'case.h';

let front: FrontEnd | undefined;

/** A case's object by skep. @throws Error with clang's words, or the back end's SourceProblem */
export async function objectBySkep(name: string, cpu: BpfCpu): Promise<Uint8Array> {
  const resolve = createRequire(join(process.cwd(), 'package.json')).resolve;
  front ??= clangInThisThread(readClangFile(resolve('@yowasp/clang')));
  const read = (file: string) => new Uint8Array(readFileSync(join(CASES, file)));
  const files = { [`${name}.c`]: read(`${name}.c`), [HEADER]: read(HEADER) };
  const { bitcode, text } = await front.compile({ source: `${name}.c`, files, cpu, flags: ['-w'] });
  if (bitcode === undefined) throw new Error(text);
  return compileBitcode(bitcode, { cpu });
}

/** A case's object by the installed clang 19. */
async function objectByClang(name: string, cpu: BpfCpu): Promise<Uint8Array> {
  const args = `-target bpf -O2 -g -mcpu=${cpu} -w -fno-jump-tables -c ${name}.c -o -`.split(' ');
  const options = { cwd: CASES, maxBuffer: 1 << 26, encoding: 'buffer' } as const;
  const { stdout } = await promisify(execFile)('clang-19', args, options);
  return new Uint8Array(stdout);
}

/** How many processes of clang run before their objects are asked for: on the CPU that skep leaves. */
const AHEAD = 2;

/** The objects of clang 19 in the order of their names, made ahead while the tests are busy with the ones before. */
export function objectsByClang(names: readonly string[], cpuOf: (name: string) => BpfCpu) {
  const started = new Map<string, Promise<Uint8Array>>();
  const start = (name: string) => {
    if (started.has(name)) return;
    const object = objectByClang(name, cpuOf(name));
    // Who asks for it is told; until then it is nobody's.
    object.catch(() => {});
    started.set(name, object);
  };
  return (name: string): Promise<Uint8Array> => {
    const at = names.indexOf(name);
    for (const next of names.slice(at, at + 1 + AHEAD)) start(next);
    return started.get(name) as Promise<Uint8Array>;
  };
}
