import type { RunInput } from '../../src/kernel/kernel.js';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const padded = (text: string, size: number): Uint8Array => {
  const packet = Uint8Array.from({ length: size }, (_, i) => (i * 37 + 11) & 255);
  packet.set(bytes(text));
  return packet;
};

/** A TCP SYN over IPv4, the same with a VLAN tag, a UDP datagram over IPv6, and a frame of no known protocol. */
const PACKETS: readonly RunInput[] = [
  padded('020000000001 020000000002 0800 4500004c0001000040060000 0a000001 0a000002 1388 0050', 90),
  padded('020000000001 020000000002 8100 6005 0800 450000480001000040060000 0a000001 0a000002', 90),
  padded('020000000001 020000000002 86dd 60000000 0024 11 40', 90),
  padded('ffffffffffff 020000000002 88b5', 60),
].map((data) => ({ data }));
const bytesOf = (...words: number[]): Uint8Array => new Uint8Array(Uint32Array.of(...words).buffer);

/** `struct bpf_sk_lookup`: family, protocol, and from the fifth word on remote and local address and port. */
const LOOKUPS: readonly Uint8Array[] = [
  bytesOf(0, 0, 2, 6, 0x0100000a, 0, 0, 0, 0, 0x5000, 0x0200000a, 0, 0, 0, 0, 80, 0, 0),
  bytesOf(0, 0, 10, 17, 0, 1, 2, 3, 4, 0x5000, 0, 5, 6, 7, 8, 81, 0, 0),
  bytesOf(0, 0, 3, 6, 0x0100000a, 0, 0, 0, 0, 0x5000, 0x0200000a, 0, 0, 0, 0, 80, 0, 0),
  bytesOf(0, 0, 2, 6, 0x0100000a, 0, 0, 0, 0, 0x5000, 0x0200000a, 0, 0, 0, 0, 80, 1, 0),
  bytesOf(0, 0, 2, 6, 0x0100000a, 0, 0, 0, 0, 0x5000, 0x0200000a, 0, 0, 0, 0, 70000, 0, 0),
];

/** What the programs of a type are run on; those of other types once on nothing. */
const INPUTS: Readonly<Record<string, readonly RunInput[]>> = {
  sched_cls: PACKETS,
  xdp: PACKETS,
  cgroup_skb: PACKETS,
  lwt_in: PACKETS,
  lwt_xmit: PACKETS,
  flow_dissector: PACKETS,
  sk_lookup: LOOKUPS.map((context) => ({ ctx: context })),
  syscall: [{ ctx: bytesOf(40, 0, 2, 0, 0, 0), repeat: 0 }],
  // Linux repeats no tracepoint.
  raw_tracepoint: [{ ctx: bytesOf(5, 6, 7, 8), repeat: 0 }],
};

type Fields = readonly (readonly [offset: number, value: number])[];

function ctx(size: number, fields: Fields): Uint8Array {
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  for (const [offset, value] of fields) view.setUint32(offset, value, true);
  return bytes;
}

const FRAME = PACKETS[0]!.data as Uint8Array;
/** Offsets in `struct __sk_buff` that may be set, ones that may not, and values out of range. */
const SKB_CONTEXTS: readonly Fields[] = [
  [],
  [
    [8, 41],
    [32, 7],
    [36, 1],
    [40, 1],
    [48, 5],
    [64, 6],
    [152, 1000],
    [160, 4000],
    [164, 3],
    [176, 500],
    [184, 77],
  ],
  ...[0, 4, 12, 16, 20, 24, 28, 44, 68, 72, 76, 80, 84, 88, 132, 140, 144, 168, 180].map(
    (offset): Fields => [[offset, 1]],
  ),
  [[160, 89]],
  [[160, 90]],
  [[160, 65537]],
  [[164, 65535]],
  [[164, 65536]],
  [[40, 77777]],
];
/** data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex. */
const XDP_CONTEXTS: readonly Fields[] = [
  [[4, 90]],
  [
    [0, 16],
    [4, 90],
  ],
  [
    [0, 6],
    [4, 90],
  ],
  [
    [0, 256],
    [4, 90],
  ],
  [
    [0, 16],
    [4, 8],
  ],
  [[4, 91]],
  [[8, 4]],
  [[16, 1]],
  [[20, 1]],
  [[12, 77777]],
];

/** Each, and the first with zeros and with more behind it. */
const withContexts = (size: number, all: readonly Fields[]): RunInput[] => [
  ...all.map((fields) => ({ data: FRAME, ctx: ctx(size, fields) })),
  { data: FRAME, ctx: ctx(size + 8, all[0]!) },
  { data: FRAME, ctx: ctx(size + 8, [...all[0]!, [size, 1]]) },
];

/** What the programs of a case are run on in place of what others of their types are. */
const INPUTS_OF_CASE: Readonly<Record<string, Readonly<Record<string, readonly RunInput[]>>>> = {
  'contexts.bpf.c': {
    sched_cls: withContexts(192, SKB_CONTEXTS),
    socket_filter: withContexts(192, SKB_CONTEXTS.slice(0, 3)),
    xdp: withContexts(24, XDP_CONTEXTS),
  },
};

/** The inputs of a program of a type in a case. */
export function inputsOf(file: string, type: string): readonly RunInput[] {
  return (INPUTS_OF_CASE[file] ?? INPUTS)[type] ?? [{}];
}
