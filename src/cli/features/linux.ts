import { readFileSync } from 'node:fs';
import { LinuxEnvironment, LinuxSupport } from '../../linux/index.js';
import type { Support } from './support.js';

const PARAMETERS = {
  unprivileged_bpf_disabled: 'kernel/unprivileged_bpf_disabled',
  bpf_jit_enable: 'net/core/bpf_jit_enable',
  bpf_jit_harden: 'net/core/bpf_jit_harden',
  bpf_jit_kallsyms: 'net/core/bpf_jit_kallsyms',
  bpf_jit_limit: 'net/core/bpf_jit_limit',
} as const;

/** What the running kernel takes, by trying. */
export function linuxSupport(): Support {
  const environment = new LinuxEnvironment();
  const tried = new LinuxSupport(environment);
  return {
    parameters: Object.fromEntries(
      Object.entries(PARAMETERS).map(([name, path]) => [name, readNumber(path)]),
    ),
    config: (name) => environment.config.get(name),
    hasProgramType: (name) => tried.hasProgramType(name),
    hasMapType: (name) => tried.hasMapType(name),
    helpers: (type) => tried.helpers(type),
    hasLargePrograms: tried.hasLargePrograms,
    hasBoundedLoops: tried.hasBoundedLoops,
    hasIsaV2: tried.hasIsaV2,
    hasIsaV3: tried.hasIsaV3,
  };
}

function readNumber(path: string): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${path}`, 'utf8'));
  } catch {
    return undefined;
  }
}
