import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What clang is called with: what the bundled one is called with too. */
const CLANG_FLAGS =
  '-target bpf -g -O2 -emit-llvm -c -fno-vectorize -fno-slp-vectorize -fno-jump-tables -w'.split(' ');

/** Whether a program is installed. */
export function installed(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Folders whose C programs the compiler's tests use. */
const FOLDERS = [
  'test/compiler/c',
  'tools/syn',
  ...readdirSync('examples').map((name) => `examples/${name}`),
];

/** Every C program of the tests, the tools and the examples that an installed clang can compile, by path. */
export function cPrograms(): string[] {
  return FOLDERS.flatMap(
    (folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.c'))
        .map((name) => `${folder}/${name}`),
    // vmlinux.h is made by skep; a native clang has none.
  ).filter((path) => !readFileSync(path, 'utf8').includes('"vmlinux.h"'));
}

/** What a program writes to its standard output; throws with what it says when it fails. */
function output(program: string, args: readonly string[]): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 26, encoding: 'buffer' } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(new Uint8Array(stdout));
      else reject(new Error(`${program}: ${stderr.toString().slice(0, 2000)}`));
    });
  });
}

/** Bitcode of a C program by an installed clang. */
export function clangBitcode(clang: string, source: string): Promise<Uint8Array> {
  const include = ['-I', '/usr/include/x86_64-linux-gnu'];
  return output(clang, [...CLANG_FLAGS, ...include, source, '-o', '-']);
}

/** The object of a C program by an installed clang. */
export function clangObject(clang: string, source: string): Promise<Uint8Array> {
  const flags = '-target bpf -g -O2 -mcpu=v3 -c -w'.split(' ');
  return output(clang, [...flags, '-I', '/usr/include/x86_64-linux-gnu', source, '-o', '-']);
}

/** The LLVM tools of one version, with a folder of their own to work in. */
export class LlvmTools {
  readonly #version: number;
  #inputs = 0;
  readonly #folder = mkdtempSync(join(tmpdir(), 'skep-llvm-'));

  constructor(version: number) {
    this.#version = version;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Bitcode of LLVM assembly; throws with the assembler's message. */
  assemble(text: string): Promise<Uint8Array> {
    return this.#run('llvm-as', new TextEncoder().encode(text), ['-o', '-']);
  }

  /** Assembly of bitcode, without what depends on the order in which LLVM met things. */
  async disassemble(bitcode: Uint8Array): Promise<string> {
    const text = new TextDecoder().decode(await this.#run('llvm-dis', bitcode, ['-o', '-']));
    return text.replace(/^; ModuleID.*\n/, '').replaceAll(/ *; preds = .*$/gm, '');
  }

  async verify(bitcode: Uint8Array): Promise<void> {
    await this.#run('opt', bitcode, ['-passes=verify', '-o', '-']);
  }

  /** LLVM's own object code for BPF; `undefined` when its back end cannot compile the program. */
  async objectCode(bitcode: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      return await this.#run('llc', bitcode, ['-march=bpf', '-mcpu=v3', '-filetype=obj', '-o', '-']);
    } catch {
      return undefined;
    }
  }

  #run(tool: string, input: Uint8Array, args: readonly string[]): Promise<Uint8Array> {
    const path = join(this.#folder, `input${this.#inputs++}`);
    writeFileSync(path, input);
    return output(`${tool}-${this.#version}`, [...args, path]);
  }
}

/** All headers under a folder, by path. */
export function headersUnder(folder: string): Record<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.h'),
  );
  return Object.fromEntries(
    files.map((name) => [join(folder, name), new Uint8Array(readFileSync(join(folder, name)))]),
  );
}
