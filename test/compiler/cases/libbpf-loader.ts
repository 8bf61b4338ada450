import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What libbpf made of an object. */
export interface ByLibbpf {
  /** libbpf's and the verifier's last words, when the object was refused. */
  readonly refused: string | undefined;
  /** Instructions that the verifier walked through, of all programs. */
  readonly processed: number;
  /** Paths that programs and maps are pinned at, as this process sees them. */
  readonly programs: readonly string[];
  readonly maps: readonly string[];
}

const ENDED = 'the loader ended';

/** Loads objects by libbpf into a BPF file system that nobody else sees, which one process keeps for all of them. */
export class LibbpfLoader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'skep-case-'));
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #count = 0;

  private constructor() {
    const args = ['-m', 'sh', 'test/compiler/cases/bpffs.sh'];
    this.#child = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#reader = createInterface(this.#child.stdout);
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  static async start(): Promise<LibbpfLoader> {
    const loader = new LibbpfLoader();
    const first = await loader.#line();
    if (first !== 'ready') throw new Error(`no BPF file system could be mounted: ${first}`);
    return loader;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    return done === true ? ENDED : value;
  }

  /** The answer to one request; those that nobody waited for are passed over. */
  async #answer(prefix: string): Promise<string> {
    for (;;) {
      const line = await this.#line();
      if (line.startsWith(prefix)) return line.slice(prefix.length);
      if (line === ENDED) return line;
    }
  }

  async load(object: Uint8Array): Promise<ByLibbpf> {
    const number = this.#count++;
    const path = join(this.#folder, 'case.o');
    writeFileSync(path, object);
    this.#child.stdin.write(`${number} ${path}\n`);
    const answer = await this.#answer(`${number} `);
    const [word, ...rest] = answer.split(' ');
    if (word !== 'loaded') return { refused: answer, processed: 0, programs: [], maps: [] };
    const root = `/proc/${this.#child.pid}/root/sys/fs/bpf/${number}`;
    // Of objects without maps none are pinned.
    const pins = (kind: string) =>
      (existsSync(join(root, kind)) ? readdirSync(join(root, kind)) : [])
        .sort()
        .map((name) => join(root, kind, name));
    const processed = rest.reduce((sum, text) => sum + Number(text), 0);
    return { refused: undefined, processed, programs: pins('p'), maps: pins('m') };
  }

  async close(): Promise<void> {
    this.#reader.close();
    this.#child.stdin.end();
    await new Promise((done) => this.#child.once('close', done));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Keeps the calling thread on one CPU, so that per-CPU maps are filled in one place; gives back how to let it go. */
export function onOneCpu(): () => void {
  const thread = basename(readlinkSync('/proc/thread-self'));
  const set = (list: string) => execFileSync('taskset', ['-pc', list, thread], { encoding: 'utf8' });
  const before = /list: (.*)$/m.exec(set('0'))?.[1] ?? '0';
  return () => set(before);
}
