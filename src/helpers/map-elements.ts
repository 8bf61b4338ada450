import { ANYTHING, CONST_MAP, type HelperRow, INTEGER, MAP_KEY, MAP_VALUE } from './row.js';

/** Entries of maps. */
export const mapElements: readonly HelperRow[] = [
  {
    name: 'bpf_map_lookup_elem',
    since: '3.19',
    doc: 'The address of the value under a key, or null. In a per-CPU map that of the current CPU.',
    args: [CONST_MAP, MAP_KEY],
    returns: { kind: 'map_value_or_null' },
    takesPacket: true,
  },
  {
    name: 'bpf_map_update_elem',
    since: '3.19',
    doc: 'Stores a copy of a value under a key. Flags: BPF_ANY 0, BPF_NOEXIST 1 (-EEXIST when there), BPF_EXIST 2 (-ENOENT when not there). -E2BIG when the map is full.',
    args: [CONST_MAP, MAP_KEY, MAP_VALUE, ANYTHING],
    returns: INTEGER,
    takesPacket: true,
  },
  {
    name: 'bpf_map_delete_elem',
    since: '3.19',
    doc: 'Takes an entry out; -ENOENT when it is not there, -EINVAL for arrays.',
    args: [CONST_MAP, MAP_KEY],
    returns: INTEGER,
    takesPacket: true,
  },
  {
    name: 'bpf_map_lookup_percpu_elem',
    since: '5.19',
    doc: 'The address of the value that a given CPU has under a key of a per-CPU map, or null.',
    args: [CONST_MAP, MAP_KEY, ANYTHING],
    returns: { kind: 'map_value_or_null' },
    takesPacket: true,
  },
];
