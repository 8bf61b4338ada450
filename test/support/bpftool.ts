import { execFileSync } from 'node:child_process';

function version(): string {
  try {
    return execFileSync('bpftool', ['version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
}

/** '' where bpftool is installed, else why tests that need it are skipped, for their names. */
export const noBpftool = version() === '' ? '(skipped: no bpftool here)' : '';

/** What bpftool writes. @throws when it fails. */
export function bpftool(...args: readonly string[]): string {
  return execFileSync('bpftool', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 27,
  });
}
