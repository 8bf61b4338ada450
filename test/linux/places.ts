import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AttachTarget, LoadableProgram } from '../../src/kernel/kernel.js';
import type { LinuxKernel } from '../../src/linux/index.js';
import { cgroupRoot } from '../../src/linux/sys/cgroups.js';
import { asmProgram } from '../support/asm-program.js';

/** A kind of place whose link can have its program replaced. */
export interface Place {
  readonly name: string;
  readonly program: (name: string) => LoadableProgram;
  /** What is attached to, and how to give it back. */
  readonly make: (kernel: LinuxKernel) => Promise<{ readonly target: AttachTarget; end(): Promise<void> }>;
}

const at = (target: AttachTarget) => async () => ({ target, end: async () => {} });

const program =
  (type: string, result: number, attachType?: string): Place['program'] =>
  (name) => ({
    ...asmProgram(type, `r0 = ${result}\nexit`, []),
    name,
    ...(attachType === undefined ? {} : { attachType }),
  });

/** A cgroup that nothing is in. */
export function ownCgroup(name: string): { readonly path: string; end(): void } {
  const path = join(cgroupRoot() ?? '/none', name);
  mkdirSync(path, { recursive: true });
  return { path, end: () => rmdirSync(path) };
}

/** All of them; `cgroup` is the path of one that is ours. */
export function places(cgroup: string): readonly Place[] {
  return [
    { name: 'xdp', program: program('xdp', 2), make: at({ kind: 'xdp', iface: 'eth0' }) },
    {
      name: 'tcx',
      program: program('sched_cls', -1),
      make: at({ kind: 'tcx', iface: 'eth0', direction: 'ingress' }),
    },
    {
      name: 'sk_lookup',
      program: program('sk_lookup', 1, 'sk_lookup'),
      make: at({ kind: 'netns', attachType: 'sk_lookup' }),
    },
    {
      name: 'flow_dissector',
      program: program('flow_dissector', 0, 'flow_dissector'),
      make: at({ kind: 'netns', attachType: 'flow_dissector' }),
    },
    {
      name: 'cgroup',
      program: program('cgroup_skb', 1, 'cgroup_inet_ingress'),
      make: at({ kind: 'cgroup', path: cgroup, attachType: 'cgroup_inet_ingress' }),
    },
    {
      name: 'sockmap',
      program: program('sk_msg', 1, 'sk_msg_verdict'),
      async make(kernel) {
        const sizes = { keySize: 4, valueSize: 4, maxEntries: 1, flags: 0, pinning: 'none' } as const;
        const map = await kernel.createMap({ name: 'skep_place', type: 'sockmap', ...sizes });
        return {
          target: { kind: 'sockmap', attachType: 'sk_msg_verdict', map: map.id },
          end: () => map.close(),
        };
      },
    },
  ];
}
