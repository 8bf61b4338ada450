import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
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
export function objectByClang(name: string, cpu: BpfCpu): Uint8Array {
  const args = `-target bpf -O2 -g -mcpu=${cpu} -w -fno-jump-tables -c ${name}.c -o -`.split(' ');
  return execFileSync('clang-19', args, {
    cwd: CASES,
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
}
