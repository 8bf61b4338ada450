import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { BpfCpu, FrontEnd, FrontRequest } from '../../../src/compiler/front/front.js';
import { bundledClang } from '../../../src/compiler/front/node/bundled.js';
import { type CompileFileOptions, compileFile } from '../../../src/compiler/node/index.js';

/** An object, or why there is none. */
export interface Attempt {
  readonly object?: Uint8Array;
  readonly text: string;
}

export interface Both {
  readonly skep: Attempt;
  readonly clang: Attempt;
}

/** Compiles by skep, and by clang 19 what skep's front end was handed: the same sources and headers. */
export class BothCompilers {
  readonly #front: FrontEnd;
  readonly #folder = mkdtempSync(join(tmpdir(), 'skep-both-'));

  constructor(front: FrontEnd = bundledClang()) {
    this.#front = front;
  }

  async compile(path: string, options: Omit<CompileFileOptions, 'front'> = {}): Promise<Both> {
    let request: FrontRequest | undefined;
    const front: FrontEnd = {
      ...this.#front,
      compile: (one) => {
        request = one;
        return this.#front.compile(one);
      },
    };
    const skep = await this.#bySkep(path, { ...options, front });
    if (request === undefined) return { skep, clang: { text: 'skep did not get as far as its front end' } };
    return { skep, clang: await this.byClang(request) };
  }

  async #bySkep(path: string, options: CompileFileOptions): Promise<Attempt> {
    try {
      const { object, text } = await compileFile(path, options);
      return object === undefined ? { text } : { object, text };
    } catch (error) {
      return { text: (error as Error).stack ?? String(error) };
    }
  }

  /** The installed clang's object of the files that the bundled clang was handed. */
  async byClang(request: FrontRequest): Promise<Attempt> {
    const root = mkdtempSync(join(this.#folder, 'files-'));
    try {
      for (const [path, bytes] of Object.entries(request.files)) {
        const file = inside(root, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, bytes);
      }
      const dirs = (flag: string, list: readonly string[] = []) =>
        list.flatMap((dir) => [flag, inside(root, dir)]);
      const args = [
        ...clangFlags(request.cpu ?? 'v3'),
        ...dirs('-I', request.includeDirs),
        ...dirs('-isystem', request.systemDirs),
        ...(request.defines ?? []).map((define) => `-D${define}`),
        ...(request.flags ?? []),
        ...['-c', inside(root, request.source), '-o', '-'],
      ];
      return await output('clang-19', args);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    rmSync(this.#folder, { recursive: true, force: true });
    await this.#front.close();
  }
}

function clangFlags(cpu: BpfCpu): string[] {
  return `-target bpf -O2 -g -mcpu=${cpu} -fno-jump-tables -nostdinc -w`.split(' ');
}

/** A path of a request, relative or absolute, as one below a folder. */
function inside(root: string, path: string): string {
  return join(root, resolve('/', path.startsWith('/') ? path : join(process.cwd(), path)));
}

function output(program: string, args: readonly string[]): Promise<Attempt> {
  return new Promise((done) => {
    const options = { maxBuffer: 1 << 26, encoding: 'buffer', timeout: 60_000 } as const;
    execFile(program, args, options, (error, stdout, stderr) => {
      const text = stderr.toString();
      done(error === null ? { object: new Uint8Array(stdout), text } : { text: text || String(error) });
    });
  });
}
