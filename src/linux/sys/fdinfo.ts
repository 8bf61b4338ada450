import { readFileSync, readlinkSync } from 'node:fs';
import type { Fd } from './fd.js';

/** What /proc/self/fdinfo tells of a BPF object and bpf(2) does not. */
export interface FdFacts {
  readonly memlock?: number;
  readonly frozen?: number;
}

export function fdFacts(fd: Fd): FdFacts {
  const text = readFileSync(`/proc/self/fdinfo/${fd.fd}`, 'utf8');
  const field = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text);
    return found === null ? undefined : Number(found[1]);
  };
  const memlock = field('memlock');
  const frozen = field('frozen');
  return { ...(memlock === undefined ? {} : { memlock }), ...(frozen === undefined ? {} : { frozen }) };
}

/** What kind of BPF object a descriptor is; undefined for another file. */
export function fdKind(fd: Fd): 'map' | 'program' | 'link' | 'btf' | undefined {
  const target = readlinkSync(`/proc/self/fd/${fd.fd}`);
  switch (/^anon_inode:\[?bpf[-_](\w+)\]?/.exec(target)?.[1]) {
    case 'map':
      return 'map';
    case 'prog':
      return 'program';
    case 'link':
    case 'iter_link':
      return 'link';
    default:
      return target.includes('btf') ? 'btf' : undefined;
  }
}
