import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundledClang, compileFile } from '../src/compiler/node/index.js';

/** One program: times in milliseconds, the least of some rounds. */
export interface CompilationRow {
  readonly title: string;
  /** A whole process: `skep compile`. */
  readonly cold: Cost & { readonly megabytes: number };
  /** `compileFile` again in a process that has compiled before. */
  readonly warm: number;
  /** A whole process of clang 19; undefined when it is not installed. */
  readonly clang: Cost | undefined;
}

interface Cost {
  readonly wall: number;
  /** Of all threads. */
  readonly processor: number;
}

const ROUNDS = 3;
const WARM_ROUNDS = 8;

const SUBJECTS = [
  { title: 'examples/firewall, with vmlinux.h', source: 'examples/firewall/firewall.bpf.c' },
  { title: 'examples/tcp_syn_tracer', source: 'examples/tcp_syn_tracer/tcp_syn_tracer.bpf.c' },
  { title: 'tools/syn', source: 'tools/syn/syn.bpf.c' },
] as const;

/** Tells what the process took, when it ends, to descriptor 3. */
const REPORT = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => { const u = process.resourceUsage(); writeSync(3, JSON.stringify({ processor: (u.userCPUTime + u.systemCPUTime) / 1000, megabytes: u.maxRSS / 1024 })); });",
)}`;

/** Compiles each program by skep and by clang 19 in turns, then by the library again and again. */
export async function measureCompilation(folder: string): Promise<CompilationRow[]> {
  const root = join(folder, '..');
  const scratch = mkdtempSync(join(tmpdir(), 'skep-bench-'));
  try {
    const hasClang = spawnSync('clang-19', ['--version']).status === 0;
    writeFileSync(join(scratch, 'vmlinux.h'), hasClang ? vmlinux(root) : '');
    const rows: CompilationRow[] = [];
    for (const { title, source } of SUBJECTS) {
      const path = join(root, source);
      const cold: (Cost & { megabytes: number })[] = [];
      const clang: Cost[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        cold.push(bySkep(root, path, scratch));
        if (hasClang) clang.push(byClang(path, scratch));
      }
      rows.push({
        title,
        cold: { ...least(cold), megabytes: Math.max(...cold.map(({ megabytes }) => megabytes)) },
        warm: await again(path),
        clang: hasClang ? least(clang) : undefined,
      });
    }
    return rows;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function least(costs: readonly Cost[]): Cost {
  return {
    wall: Math.min(...costs.map(({ wall }) => wall)),
    processor: Math.min(...costs.map(({ processor }) => processor)),
  };
}

function bySkep(root: string, path: string, scratch: string): Cost & { readonly megabytes: number } {
  const start = performance.now();
  const args = ['--import', REPORT, join(root, 'bin/skep'), 'compile', path, '-o', join(scratch, 'skep.o')];
  const { status, output } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  if (status !== 0) throw new Error(`skep does not compile ${path}`);
  const wall = performance.now() - start;
  return { wall, ...(JSON.parse(output[3] ?? '') as { processor: number; megabytes: number }) };
}

function byClang(path: string, scratch: string): Cost {
  const start = performance.now();
  // The shell's `times` says what its children took, in its second line.
  const script =
    'clang-19 -target bpf -O2 -g -w -I "$2" -idirafter "/usr/include/$(uname -m)-linux-gnu" -c "$1" -o "$2/clang.o" && times';
  const { status, stdout } = spawnSync('sh', ['-c', script, 'sh', path, scratch], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`clang-19 does not compile ${path}`);
  const seconds = [...(stdout.trim().split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  const processor = seconds.reduce((sum, value) => sum + value, 0) * 1000;
  return { wall: performance.now() - start, processor };
}

async function again(path: string): Promise<number> {
  const front = bundledClang('often');
  const times: number[] = [];
  try {
    for (let round = 0; round < WARM_ROUNDS; round++) {
      const start = performance.now();
      await compileFile(path, { front });
      times.push(performance.now() - start);
    }
  } finally {
    await front.close();
  }
  return Math.min(...times.slice(1));
}

/** What clang is given for `vmlinux.h`: all of it. */
function vmlinux(root: string): string {
  const args = [join(root, 'bin/skep'), 'btf', 'dump', 'file', '/sys/kernel/btf/vmlinux', 'format', 'c'];
  return spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout;
}
