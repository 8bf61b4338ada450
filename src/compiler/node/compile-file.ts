import { existsSync, readFileSync, statSync } from 'node:fs';
import { linuxBtf } from '../../btf/linux/linux-btf.js';
import { readBtf } from '../../btf/read.js';
import type { Btf } from '../../btf/types.js';
import { compileError } from '../../errors/compile.js';
import { type Compiled, type CompileOptions, compileIntermediate, compileSource } from '../compile.js';
import type { FrontEnd } from '../front/front.js';
import { bundledClang } from '../front/node/bundled.js';

const KERNEL_BTF = '/sys/kernel/btf/vmlinux';

export interface CompileFileOptions extends Omit<CompileOptions, 'btf'> {
  /** A file of types that `vmlinux.h` is made of; unless said, the running kernel's, or else those of Linux 6.18. */
  readonly btf?: string;
  /** `-idirafter`: where headers are searched last. */
  readonly lastDirs?: readonly string[];
  /** What compiles the C; the bundled clang in a thread of its own unless said. */
  readonly front?: FrontEnd;
}

/**
 * Compiles a C source from disk to a BPF object; needs neither clang nor headers on the machine. A file whose name ends
 * in `.bc` is LLVM bitcode of another front end.
 *
 * @example
 * ```ts fragment
 * const { object, text } = await compileFile('prog.bpf.c');
 * if (object === undefined) throw new Error(text);
 * ```
 * @throws SkepError `COMPILE_*` when clang is not there, or fails itself; faults of the source are diagnostics
 */
export async function compileFile(path: string, options: CompileFileOptions = {}): Promise<Compiled> {
  if (path.endsWith('.bc')) {
    return compileIntermediate(path, new Uint8Array(readFileSync(path)), {
      directory: process.cwd(),
      ...options,
    });
  }
  const { btf, front = bundledClang(), lastDirs = [], ...rest } = options;
  return compileSource(path, readSource, front, {
    directory: process.cwd(),
    systemDirs: ['/usr/local/include', '/usr/include', ...multiarch(), ...lastDirs],
    ...rest,
    btf: () => kernelTypes(btf),
  });
}

/**
 * The BPF object of a C source from disk, for who wants it or nothing.
 *
 * @example
 * ```ts fragment
 * const object = await load(parseObject(await compileObject('prog.bpf.c')), engine);
 * ```
 * @throws SkepError `COMPILE_SOURCE` for a source with errors, which `facts.text` holds as clang prints them; others as
 * {@link compileFile}
 */
export async function compileObject(path: string, options: CompileFileOptions = {}): Promise<Uint8Array> {
  const { object, diagnostics, text } = await compileFile(path, options);
  if (object !== undefined) return object;
  const first = diagnostics.find(({ severity }) => severity.endsWith('error'));
  const what = first === undefined ? '' : ` (line ${first.line}: ${first.message})`;
  throw compileError('COMPILE_SOURCE', `${path} has errors${what}`, { facts: { text, diagnostics } });
}

function readSource(path: string): Uint8Array | undefined {
  if (!existsSync(path) || !statSync(path).isFile()) return undefined;
  return new Uint8Array(readFileSync(path));
}

/** Where Debian keeps `asm/types.h` and its like. */
function multiarch(): string[] {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string];
  return machine === undefined ? [] : [`/usr/include/${machine}-linux-gnu`];
}

let running: Btf | undefined;

/** The running kernel's types stay in memory for the next compilation. */
async function kernelTypes(path: string | undefined): Promise<Btf> {
  if (path !== undefined) return readBtf(new Uint8Array(readFileSync(path)));
  if (!existsSync(KERNEL_BTF)) return linuxBtf();
  running ??= readBtf(new Uint8Array(readFileSync(KERNEL_BTF)));
  return running;
}
