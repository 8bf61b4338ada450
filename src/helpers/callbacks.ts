import { ANYTHING, CONST_MAP, type HelperRow, INTEGER } from './row.js';

const FUNC = { kind: 'func' } as const;
const CALLBACK_CTX = { kind: 'stack_or_null' } as const;

/** Helpers that call a function of the program. */
export const callbacks: readonly HelperRow[] = [
  {
    name: 'bpf_loop',
    since: '5.17',
    doc: 'Calls a function with 0, 1, 2 … and a pointer, at most so often as the first argument says; it returns 0 to go on and 1 to stop. Flags: 0. Returns how often it was called.',
    args: [ANYTHING, FUNC, CALLBACK_CTX, ANYTHING],
    returns: INTEGER,
    callback: 'loop',
  },
  {
    name: 'bpf_for_each_map_elem',
    since: '5.13',
    doc: 'Calls a function with the map, key, value and a pointer for each entry; it returns 0 to go on and 1 to stop. Flags: 0. Returns how often it was called.',
    args: [CONST_MAP, FUNC, CALLBACK_CTX, ANYTHING],
    returns: INTEGER,
    callback: 'map_elem',
  },
];
