import type { CtxLayout, HookRules } from './hook.js';

/** The arguments of the kernel function, tracepoint or struct member that a program is attached to, typed by BTF. */
export const btfArguments: CtxLayout = { struct: 'args', size: 12 * 8, fields: 'btf' };

/** What is the same for all programs whose context is typed by BTF. Linux refuses to load some of them here. */
export const btfRules: Omit<HookRules, 'views' | 'sleepable'> = {
  packet: 'none',
  packetToHelpers: false,
  legacyLoads: false,
  testRun: false,
};
