import { kfunc } from './kfunc.js';

/** Keys that signatures are checked with. */
export const keys = [
  kfunc(
    'bpf_lookup_user_key',
    '6.1',
    'A key by its serial number, held.',
    'acquire',
    'ret_null',
    'sleepable',
  ),
  kfunc('bpf_lookup_system_key', '6.1', 'A key ring of the system, held.', 'acquire', 'ret_null'),
  kfunc('bpf_key_put', '6.1', 'Lets a key go.', 'release'),
];
