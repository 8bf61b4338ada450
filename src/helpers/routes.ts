import {
  ANYTHING,
  CONST_MAP,
  CTX,
  fillNumber,
  type HelperRow,
  READ_MEM,
  READ_MEM_OR_NULL,
  row,
  SIZE,
  SIZE_OR_ZERO,
  WRITE_MEM,
} from './row.js';

const CHANGES = { changesPacket: true } as const;

/** Where packets go: maps of devices, the routing table, tunnels of routes. */
export const routes: readonly HelperRow[] = [
  row(
    'redirect_map',
    '4.14',
    'Says that XDP_REDIRECT sends the frame to the entry of a devmap, cpumap or xskmap at an index.',
    [CONST_MAP, ANYTHING, ANYTHING],
  ),
  row(
    'fib_lookup',
    '4.18',
    'Looks a route up for a struct bpf_fib_lookup and fills its result in. 0 when found, BPF_FIB_LKUP_RET_* when not.',
    [CTX, WRITE_MEM, SIZE, ANYTHING],
  ),
  row(
    'redirect_neigh',
    '5.10',
    'Sends the packet out of a device, to the neighbour’s link-layer address; the next hop may be given.',
    [ANYTHING, READ_MEM_OR_NULL, SIZE_OR_ZERO, ANYTHING],
  ),
  row(
    'redirect_peer',
    '5.10',
    'Sends the packet to the other end of a veth or netkit device, in its network namespace.',
    [ANYTHING, ANYTHING],
  ),
  row(
    'check_mtu',
    '5.12',
    'Whether the packet, made longer or shorter by a number of bytes, fits a device’s MTU, which is filled in.',
    [CTX, ANYTHING, fillNumber(4), ANYTHING, ANYTHING],
  ),
  row(
    'lwt_push_encap',
    '4.18',
    'Puts an outer header in front of a packet of a route: IP, or IPv6 segment routing.',
    [CTX, ANYTHING, READ_MEM, SIZE],
    CHANGES,
  ),
  row(
    'lwt_seg6_store_bytes',
    '4.18',
    'Writes flags, tag or TLVs of the packet’s segment routing header.',
    [CTX, ANYTHING, READ_MEM, SIZE],
    CHANGES,
  ),
  row(
    'lwt_seg6_adjust_srh',
    '4.18',
    'Makes the TLVs of the segment routing header longer or shorter.',
    [CTX, ANYTHING, ANYTHING],
    CHANGES,
  ),
  row(
    'lwt_seg6_action',
    '4.18',
    'Does an action of segment routing (SEG6_LOCAL_ACTION_*) on the packet.',
    [CTX, ANYTHING, READ_MEM, SIZE],
    CHANGES,
  ),
];
