import type { Rule } from './rule.js';

export const ctxAccess: Rule<{
  readonly off: number;
  readonly size: number;
  /** What Linux says of the argument before. */
  readonly note?: string;
}> = {
  id: 'ctx-access',
  errno: 'EACCES',
  message: ({ off, size, note }) =>
    `${note === undefined ? '' : `${note}\n`}invalid bpf_context access off=${off} size=${size}`,
  explanation: 'Programs of this type may not access these bytes of their context in this way.',
  hint: "Use the fields of the hook's context struct, in their full width; some are read-only.",
  fails: { source: 'r0 = *(u32 *)(r1 + 4096)\nexit' },
  passes: { source: 'r0 = *(u32 *)(r1 + 0)\nexit' },
};
