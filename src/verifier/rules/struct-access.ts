import type { Rule } from './rule.js';

export const structAccess: Rule<{
  readonly reg: number;
  readonly type: string;
  readonly off: number;
  readonly size: number;
  /** Memory of an iterator or tracepoint. */
  readonly buffer?: boolean;
  readonly varOff?: string;
}> = {
  id: 'struct-access',
  errno: 'EACCES',
  message: ({ reg, type, off, size, buffer, varOff }) => {
    if (varOff !== undefined) return `R${reg} invalid variable buffer offset: off=${off}, var_off=${varOff}`;
    if (buffer === true) return `R${reg} invalid ${type} buffer access: off=${off}, size=${size}`;
    if (type === 'flow_keys') return `invalid access to flow keys off=${off} size=${size}`;
    if (type === 'tp_buffer') return `R${reg} invalid tracepoint buffer access: off=${off}, size=${size}`;
    return `R${reg} invalid ${type} access off=${off} size=${size}`;
  },
  explanation: 'Programs may not access these bytes of the struct that the pointer leads to.',
  hint: 'Use the members of the uapi struct, in their full width.',
  fails: {
    hook: 'cgroup_sock_addr',
    attachType: 'cgroup_inet4_connect',
    source: 'r2 = *(u64 *)(r1 + 64)\nr0 = *(u32 *)(r2 + 200)\nr0 = 1\nexit',
  },
  passes: {
    hook: 'cgroup_sock_addr',
    attachType: 'cgroup_inet4_connect',
    source: 'r2 = *(u64 *)(r1 + 64)\nr0 = *(u32 *)(r2 + 4)\nr0 = 1\nexit',
  },
};
