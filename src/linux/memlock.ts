import { hasFeature } from './probe/features.js';
import { libc } from './sys/libc.js';

const RLIMIT_MEMLOCK = 8;

/**
 * Before 5.11 maps and programs count as locked memory, of which processes may have little: the limit is lifted, as
 * libbpf does. Refusal shows when something is made.
 */
export function raiseMemlock(): void {
  if (hasFeature('memcg_accounting')) return;
  libc().setrlimit(RLIMIT_MEMLOCK, new Uint8Array(new BigUint64Array([UNLIMITED, UNLIMITED]).buffer));
}

const UNLIMITED = 0xffff_ffff_ffff_ffffn;
