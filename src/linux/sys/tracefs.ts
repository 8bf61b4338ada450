import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SkepError } from '../../errors/base.js';
import { checked, libc } from './libc.js';

/** Where tracefs is usually mounted, the newer place first. */
const PLACES = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];

let found: string | undefined;

/**
 * The root of tracefs: where it is mounted, else a mount of our own that nobody else sees and that ends with this
 * process.
 *
 * @throws {SkepError} `NO_TRACEFS`
 */
export function tracefs(): string {
  found ??= PLACES.find((place) => existsSync(`${place}/events`)) ?? ownMount();
  return found;
}

/** New mount calls have the same numbers on every architecture. Linux 5.2. */
const FSOPEN = 430;
const FSCONFIG = 431;
const FSMOUNT = 432;
const FSCONFIG_CMD_CREATE = 6;

function ownMount(): string {
  const { fsopen, fsconfig, fsmount, close } = libc();
  const context = checked(fsopen(FSOPEN, 'tracefs', 0));
  if (context >= 0) {
    try {
      const created = checked(fsconfig(FSCONFIG, context, FSCONFIG_CMD_CREATE, null, null, 0));
      const mounted = created < 0 ? created : checked(fsmount(FSMOUNT, context, 0, 0));
      if (mounted >= 0) return `/proc/self/fd/${mounted}`;
    } finally {
      close(context);
    }
  }
  throw new SkepError('NO_TRACEFS', 'tracefs is not mounted, and this process may not mount it', {
    hint: 'as root: mount -t tracefs tracefs /sys/kernel/tracing',
  });
}

/** The categories of a tracepoint's name: mostly one. */
export function tracepointCategories(name: string): string[] {
  return readdirSync(`${tracefs()}/events`).filter((category) =>
    existsSync(`${tracefs()}/events/${category}/${name}/id`),
  );
}

/** Every tracepoint as `category/name`. */
export function allTracepoints(): string[] {
  return readFileSync(`${tracefs()}/available_events`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.replace(':', '/'));
}

/** A file of a tracepoint's folder: `id`, `format`; undefined when there is no such tracepoint. */
export function tracepointFile(category: string, name: string, file: 'id' | 'format'): string | undefined {
  const path = `${tracefs()}/events/${category}/${name}/${file}`;
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
