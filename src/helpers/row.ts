import type { Helper, HelperArg } from './helper.js';

/** What a family file states of a helper; number, licence and callers come from the measured tables. */
export type HelperRow = Omit<Helper, 'id' | 'gplOnly' | 'programs'>;

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

export const INTEGER = { kind: 'integer' } as const;
