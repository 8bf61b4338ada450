import type { Helper, HelperArg, HelperReturn } from './helper.js';

/** What a family file states of a helper; number, licence and callers come from the measured tables. */
export type HelperRow = Omit<Helper, 'id' | 'gplOnly' | 'programs'>;

type PointerArg = Extract<HelperArg, { kind: 'pointer' }>;

export const ANYTHING: HelperArg = { kind: 'anything' };
export const CTX: HelperArg = { kind: 'ctx' };
export const CONST_MAP: HelperArg = { kind: 'const_map' };
export const MAP_KEY: HelperArg = { kind: 'map_key' };
export const MAP_VALUE: HelperArg = { kind: 'map_value' };
export const SIZE: HelperArg = { kind: 'size', zero: false };
export const SIZE_OR_ZERO: HelperArg = { kind: 'size', zero: true };
/** Memory that the helper only reads. */
export const READ_MEM: HelperArg = { kind: 'mem', readonly: true };
export const READ_MEM_OR_NULL: HelperArg = { kind: 'mem', readonly: true, nullable: true };
/** Memory that the helper fills. */
export const WRITE_MEM: HelperArg = { kind: 'mem', uninit: true };

/** Memory of a size that the helper knows, which it only reads. */
export const readBytes = (size: number): HelperArg => ({ kind: 'mem', size, readonly: true });
/** A number of so many bytes, which the helper writes. */
export const fillNumber = (size: number): HelperArg => ({ kind: 'mem', size, uninit: true, aligned: true });
/** Any pointer to a socket. */
export const SOCKET = { kind: 'socket', accepts: 'trusted' } as const;
/** A pointer to a socket that is not from BTF. */
export const PLAIN_SOCKET = { kind: 'socket', accepts: 'any' } as const;
/** A pointer to a kernel struct of this name. */
export const kernelStruct = (struct: string): PointerArg => ({
  kind: 'pointer',
  types: ['ptr_', 'trusted_ptr_', 'rcu_ptr_'],
  struct,
});

/** One helper in one line. */
export function row(
  name: string,
  since: string,
  doc: string,
  args: readonly HelperArg[],
  more: Partial<
    Pick<
      HelperRow,
      | 'returns'
      | 'changesPacket'
      | 'mightSleep'
      | 'variants'
      | 'takesPacket'
      | 'acquires'
      | 'callback'
      | 'casts'
    >
  > = {},
): HelperRow {
  return { name: `bpf_${name}`, since, doc, args, returns: INTEGER, ...more };
}

/** What a call returns: a pointer, in the words of the verifier's log. */
export const pointer = (type: string): { returns: HelperReturn } => ({ returns: { kind: 'pointer', type } });

export const INTEGER = { kind: 'integer' } as const;
