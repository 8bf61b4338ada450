import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './errors.js';

/** Enough of a process to tell it from a later one with the same id. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: boot id and start time in clock ticks after it; '' where the system does not say. */
  readonly started: string;
  /** Where `pid` means something: the host and, on Linux, the process-id namespace. */
  readonly space: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: startOf(process.pid)?.started ?? '', space: pidSpace() };
}

/** Whether a process still runs; `unknown` when it belongs to another host or container. */
export function livenessOf(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  if (other.space !== pidSpace()) return 'unknown';
  try {
    process.kill(other.pid, 0);
  } catch (error) {
    if (systemCode(error) === 'ESRCH') return 'dead';
    // EPERM: it runs, but for another user.
  }
  const start = startOf(other.pid);
  if (start === undefined) return 'alive';
  // A zombie has ended, its parent has only not asked yet.
  if (start.state === 'Z' || start.state === 'X') return 'dead';
  return other.started !== '' && start.started !== other.started ? 'dead' : 'alive';
}

function startOf(pid: number): { readonly state: string; readonly started: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The command name is in parentheses and may itself hold spaces and parentheses; state is the first field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: `${bootId()} ${fields[19] ?? ''}` };
  } catch {
    return undefined;
  }
}

let boot: string | undefined;
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  return boot;
}

let space: string | undefined;
function pidSpace(): string {
  if (space === undefined) {
    space = hostname();
    try {
      if (process.platform === 'linux') space = `${readlinkSync('/proc/self/ns/pid')} ${bootId()}`;
    } catch {
      // Without /proc the host's name has to do.
    }
  }
  return space;
}
