import { ANYTHING, CTX, type HelperRow, INTEGER, READ_MEM, SIZE, WRITE_MEM } from './row.js';

function adjust(name: string, since: string, doc: string): HelperRow {
  return { name, since, doc, args: [CTX, ANYTHING], returns: INTEGER, changesPacket: true };
}

/** Frames of XDP programs. */
export const xdpFrame: readonly HelperRow[] = [
  adjust(
    'bpf_xdp_adjust_head',
    '4.10',
    'Moves the start of the packet by so many bytes; negative makes room in front. -EINVAL beyond the headroom or with less than an Ethernet header left.',
  ),
  adjust(
    'bpf_xdp_adjust_tail',
    '4.18',
    'Moves the end of the packet by so many bytes; new bytes are zero (growing: since Linux 5.8).',
  ),
  adjust(
    'bpf_xdp_adjust_meta',
    '4.15',
    'Moves the start of the metadata in front of the packet, at most 252 bytes and a multiple of 4.',
  ),
  {
    name: 'bpf_xdp_get_buff_len',
    since: '5.18',
    doc: 'Bytes of the packet, fragments included.',
    args: [CTX],
    returns: INTEGER,
  },
  {
    name: 'bpf_xdp_load_bytes',
    since: '5.18',
    doc: 'Copies bytes out of the packet; -EINVAL beyond its end.',
    args: [CTX, ANYTHING, WRITE_MEM, SIZE],
    returns: INTEGER,
  },
  {
    name: 'bpf_xdp_store_bytes',
    since: '5.18',
    doc: 'Copies bytes into the packet; -EINVAL beyond its end.',
    args: [CTX, ANYTHING, READ_MEM, SIZE],
    returns: INTEGER,
  },
];
