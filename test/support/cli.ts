import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openRoot, Root } from '../../src/engine/root/index.js';

const LAUNCHER = resolve('bin/skep');

/** Builds dist/ when a source is newer. Test files run at once: one builds, the others wait. */
export async function ensureBuilt(): Promise<void> {
  const mutex = await openRoot(join(tmpdir(), `skep-build-${process.getuid?.() ?? 0}`), 0, 170_000);
  try {
    execFileSync(process.execPath, ['scripts/build.mjs', '--if-stale'], { stdio: 'pipe' });
  } finally {
    if (mutex instanceof Root) mutex.close();
  }
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A root of its own in a temporary folder, and the skep command on it. */
export class Cli {
  readonly folder = mkdtempSync(join(tmpdir(), 'skep-cli-'));
  readonly root: string = join(this.folder, 'root');

  environment(): NodeJS.ProcessEnv {
    return { ...process.env, SKEP_ROOT: this.root, SKEP_KERNEL: '' };
  }
  run(...args: readonly string[]): Promise<Outcome> {
    return this.runIn([process.execPath, LAUNCHER, ...args]);
  }
  /** A shell command line in which `$SKEP` is the launcher. */
  shell(line: string, wrapper: readonly string[] = []): Promise<Outcome> {
    return this.runIn([...wrapper, 'sh', '-c', line]);
  }
  /** @throws with its output when the command does not succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { status, stdout, stderr } = await this.run(...args);
    if (status !== 0) throw new Error(`skep ${args.join(' ')}: status ${status}\n${stdout}${stderr}`);
    return stdout;
  }
  async json(...args: readonly string[]): Promise<unknown> {
    return JSON.parse(await this.ok('-j', ...args));
  }
  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [LAUNCHER, ...args], { env: this.environment(), stdio: 'ignore' });
  }
  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private runIn([file, ...args]: readonly string[]): Promise<Outcome> {
    const env = { ...this.environment(), SKEP: `${process.execPath} ${LAUNCHER}`, FOLDER: this.folder };
    return new Promise((done) => {
      const child = execFile(file!, args, { env, timeout: 50_000 }, (_, stdout, stderr) => {
        done({ status: child.exitCode, stdout, stderr });
      });
    });
  }
}

/** Whether this process may make mount namespaces. */
export function canUnshareMounts(): boolean {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/unshare')) return false;
  try {
    execFileSync('unshare', ['-m', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
