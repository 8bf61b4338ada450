import { execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build } from 'esbuild';
import { compileObject } from '../../src/compiler/node/index.js';

const KERNEL = 'node_modules/.cache/skep-vm/vmlinuz';
const PROGRAMS = ['tracing', 'replace'];

/** Why no virtual machine can be booted here; undefined when one can. */
export function machineRefusal(): string | undefined {
  if (process.arch !== 'x64') return `the machine is made for x64, not ${process.arch}`;
  for (const tool of ['qemu-system-x86_64', 'busybox', 'cpio'])
    if (which(tool) === undefined) return `${tool} is not installed`;
  return existsSync(KERNEL) ? undefined : 'no kernel to boot: run node test/vm/fetch-kernel.mjs';
}

function which(tool: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin'];
  return folders
    .map((folder) => join(folder, tool))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What one case said inside the machine. */
export interface GuestResult {
  readonly name: string;
  readonly error?: string;
}

/** Boots Debian's kernel with Node and skep in memory, runs `guest/main.ts`, and gives what its cases said. */
export async function runInMachine(): Promise<{
  readonly results: readonly GuestResult[];
  readonly console: string;
}> {
  const folder = mkdtempSync(join(tmpdir(), 'skep-vm-'));
  try {
    const initramfs = join(folder, 'initramfs.gz');
    await makeRoot(join(folder, 'root'));
    execFileSync('sh', ['-c', `find . | cpio -o -H newc --quiet | gzip -1 > ${initramfs}`], {
      cwd: join(folder, 'root'),
    });
    const text = await boot(initramfs);
    const results = [...text.matchAll(/^VM (\{.*\})\s*$/gm)].map(
      ([, json = '']) => JSON.parse(json) as GuestResult,
    );
    return { results, console: text };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeRoot(root: string): Promise<void> {
  for (const name of ['bin', 'app/programs', 'proc', 'sys', 'dev', 'tmp', 'root'])
    mkdirSync(join(root, name), { recursive: true });
  copyFileSync(realpathSync(which('busybox') ?? ''), join(root, 'bin/busybox'));
  copyWithLibraries(process.execPath, root, '/bin/node');
  for (const name of ['koffi', '@koromix'])
    if (existsSync(`node_modules/${name}`))
      cpSync(`node_modules/${name}`, join(root, 'app/node_modules', name), { recursive: true });
  for (const name of PROGRAMS)
    writeFileSync(
      join(root, 'app/programs', `${name}.o`),
      await compileObject(`test/vm/programs/${name}.bpf.c`),
    );
  await build({
    entryPoints: { guest: 'test/vm/guest/main.ts', 'cli/main': 'src/cli/main.ts' },
    outdir: join(root, 'app/dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['koffi', '@yowasp/clang'],
    logLevel: 'error',
  });
  mkdirSync(join(root, 'app/bin'));
  copyFileSync('bin/skep', join(root, 'app/bin/skep'));
  writeFileSync(join(root, 'app/package.json'), '{"type":"module","version":"0.0.0"}');
  writeFileSync(join(root, 'init'), INIT);
  chmodSync(join(root, 'init'), 0o755);
}

/** A program with the libraries that the loader would take for it. */
function copyWithLibraries(program: string, root: string, to: string): void {
  copyFileSync(program, join(root, to));
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  for (const [, library = ''] of listed.matchAll(/(?:=> |^\t)(\/\S+) \(/gm)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(realpathSync(library), join(root, library));
  }
}

const INIT = `#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs dev /dev
/bin/busybox mount -t tracefs tracefs /sys/kernel/tracing
/bin/busybox mount -t securityfs securityfs /sys/kernel/security
/bin/busybox mount -t cgroup2 cgroup2 /sys/fs/cgroup
/bin/busybox ip link set lo up
export HOME=/root PATH=/bin
cd /app
/bin/node dist/guest.js
/bin/busybox poweroff -f
`;

/** How long a machine may take: emulated on a busy computer it is slow. */
const PATIENCE_MS = 240_000;

function boot(initramfs: string): Promise<string> {
  const args = [
    ...['-accel', 'tcg', '-m', '1024', '-nographic', '-no-reboot', '-net', 'none'],
    ...['-kernel', resolve(KERNEL), '-initrd', initramfs],
    ...['-append', 'console=ttyS0 quiet panic=-1 lsm=lockdown,yama,bpf'],
  ];
  return new Promise((done, fail) => {
    const machine = spawn(which('qemu-system-x86_64') ?? '', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const timer = setTimeout(() => machine.kill('SIGKILL'), PATIENCE_MS);
    machine.stdout.on('data', (chunk) => (text += String(chunk)));
    machine.stderr.on('data', (chunk) => (text += String(chunk)));
    machine.on('error', fail);
    machine.on('close', () => {
      clearTimeout(timer);
      done(text.replaceAll('\r', ''));
    });
  });
}
