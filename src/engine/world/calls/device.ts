import type { Cgroup } from '../cgroups.js';
import { ask, type CallContext, CallStruct } from './context.js';

/** How a task wants to use a device node. */
export interface DeviceAccess {
  readonly type: 'block' | 'char';
  readonly access: readonly ('mknod' | 'read' | 'write')[];
  readonly major: number;
  readonly minor: number;
}

/** BPF_DEVCG_DEV_* and BPF_DEVCG_ACC_*. */
const TYPES = { block: 1, char: 2 } as const;
const ACCESS = { mknod: 1, read: 2, write: 4 } as const;

/** Asks cgroup_device programs whether a device node may be made, read or written. @throws {KernelError} EPERM */
export function useDevice(call: CallContext, cgroup: Cgroup, use: DeviceAccess): void {
  using ctx = new CallStruct(call.memory, 'cgroup_device');
  const wanted = use.access.reduce((bits, one) => bits | ACCESS[one], 0);
  ctx.set({ access_type: (wanted << 16) | TYPES[use.type], major: use.major, minor: use.minor });
  ask(call, 'cgroup_device', cgroup, ctx, `device ${use.major}:${use.minor}`);
}
