import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { checked, libc } from '../../src/linux/sys/libc.js';

const CLONE_NEWNS = 0x20000;
const CLONE_NEWNET = 0x40000000;
const MS_PRIVATE_RECURSIVE = 0x40000 | 0x4000;

/**
 * Moves this thread, and what it starts from now on, into a network namespace and a mount namespace of its own, with a
 * BPF file system at /sys/fs/bpf and two devices, eth0 and eth1, that are the ends of one cable. All of it ends with
 * the process.
 */
export function enterPrivateNamespaces(): void {
  must('unshare', libc().unshare(CLONE_NEWNS | CLONE_NEWNET));
  must('mount --make-rprivate', libc().mount('', '/', 'none', MS_PRIVATE_RECURSIVE, null));
  must('mount bpf', libc().mount('bpf', '/sys/fs/bpf', 'bpf', 0, 'mode=0700'));
  const ip = (...words: readonly string[]) => execFileSync('ip', words, { stdio: 'pipe' });
  ip('link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth1');
  for (const device of ['lo', 'eth0', 'eth1']) ip('link', 'set', device, 'up');
}

/** Mounts tracefs where programs look for it, for this process only. */
export function mountTracefs(): void {
  mkdirSync('/sys/kernel/tracing', { recursive: true });
  must('mount tracefs', libc().mount('tracefs', '/sys/kernel/tracing', 'tracefs', 0, null));
}

function must(what: string, result: number | bigint): void {
  const errno = -checked(result);
  if (errno > 0) throw new Error(`${what}: errno ${errno}`);
}
