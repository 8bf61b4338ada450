import { checkFlags } from './checks.js';
import { MAP_FLAG } from './flags.js';
import type { MapRefusal, MapShape, MapType } from './map-type.js';

const FLAGS = MAP_FLAG.numaNode | MAP_FLAG.readOnly | MAP_FLAG.writeOnly;

function check(shape: MapShape): MapRefusal | undefined {
  if (shape.maxEntries === 0) return { errno: 'EINVAL', reason: 'room for at least one socket is needed' };
  if (shape.keySize !== 4 || shape.valueSize !== 4)
    return { errno: 'EINVAL', reason: 'keys and values have 4 bytes each' };
  return checkFlags(shape, FLAGS);
}

/** AF_XDP sockets by number, usually by receive queue. Linux: xskmap.c. */
export const xskmap: MapType = {
  id: 17,
  name: 'xskmap',
  since: '4.18',
  doc: 'AF_XDP sockets by number, to which bpf_redirect_map hands frames. The engine has no such sockets: a map stays empty.',
  perCpu: false,
  indexed: false,
  directValue: false,
  lookup: 'xdp_socket',
  flags: FLAGS,
  checkCreate: check,
  helpers: ['bpf_redirect_map', 'bpf_map_lookup_elem'],
};
