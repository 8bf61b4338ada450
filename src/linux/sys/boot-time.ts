import { readFileSync } from 'node:fs';

let cached: number | undefined;

/** When the machine started, in milliseconds since the Unix epoch: what the kernel's load times count from. */
export function bootTime(): number {
  if (cached === undefined) {
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    cached = Date.now() - uptime * 1000;
  }
  return cached;
}
