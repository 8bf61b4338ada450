import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileBitcode } from '../../../src/compiler/back-end.js';
import type { BpfCpu } from '../../../src/compiler/front/front.js';
import { clangInThisThread } from '../../../src/compiler/front/in-thread.js';
import { readClangFile } from '../../../src/compiler/front/node/files.js';

const front = clangInThisThread(
  readClangFile(createRequire(join(process.cwd(), 'package.json')).resolve('@yowasp/clang')),
);

/** What random programs mean something with. */
const FLAGS = ['-fwrapv', '-fno-strict-aliasing', '-w'];

/** @throws Error with clang's words, or the back end's SourceProblem */
export async function skepObject(source: string, cpu: BpfCpu): Promise<Uint8Array> {
  const files = { 'main.c': new TextEncoder().encode(source) };
  const options = ['-fwrapv', '-relaxed-aliasing', '-w'];
  const { bitcode, text } = await front.compile({ source: 'main.c', files, cpu, flags: options });
  if (bitcode === undefined) throw new Error(text);
  return compileBitcode(bitcode, { cpu });
}

/** The object by clang 19, or by skep's back end of clang 19's IR. @throws Error with clang's words */
export function clangObject(source: string, cpu: BpfCpu): Uint8Array {
  return clangOutput(source, cpu);
}

export function objectOfClangIr(source: string, cpu: BpfCpu): Uint8Array {
  return compileBitcode(clangOutput(source, cpu, '-emit-llvm'), { cpu });
}

function clangOutput(source: string, cpu: BpfCpu, ...flags: string[]): Uint8Array {
  const args = `-target bpf -O2 -g -mcpu=${cpu} -fno-jump-tables -x c -c - -o -`.split(' ');
  return execFileSync('clang-19', [...args, ...FLAGS, ...flags], {
    input: source,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  });
}
