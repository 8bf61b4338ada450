// What a replay keeps in the engine's memory. Plain numeric constants only: AssemblyScript reads this file too.

/** State of a replay; all u32 but where a comment says otherwise. Addresses of the batch's data and index: */
export const RP_DATA = 0;
export const RP_INDEX = 4;
/** Where a frame is copied to for the programs: headroom first. */
export const RP_FRAME = 8;
export const RP_XDP = 12;
export const RP_SKB = 16;
export const RP_RECORD = 20;
/** Device that receives the packets. */
export const RP_IFINDEX = 24;
export const RP_FLAGS = 28;
/** The device's name, and its bytes with the zero at the end. */
export const RP_NAME = 32;
export const RP_NAME_SIZE = 36;
/** u64 each: packets, bytes on the wire, connection attempts over IPv4 and IPv6. */
export const RP_PACKETS = 40;
export const RP_BYTES = 48;
export const RP_SYNS_V4 = 56;
export const RP_SYNS_V6 = 64;
/** u64: time stamp of the last packet, nanoseconds since 1970. */
export const RP_TIME = 72;
/** What `syn_classify` found: addresses of the source, of the destination and of the TCP header. */
export const RP_SYN_SADDR = 80;
export const RP_SYN_DADDR = 84;
export const RP_SYN_TCP = 88;
export const RP_SYN_TTL = 92;
/** u32: captured bytes from the TCP header on. */
export const RP_SYN_ROOM = 96;
/** Table of IP datagrams in fragments, 0 until there is one: see syn-datagrams.ts. */
export const RP_FRAGMENTS = 100;
/** Bytes kept of a datagram in fragments: extension headers and TCP have to be in them. */
export const DATAGRAM_HEAD = 256;
/** Attachment points: for each, how many programs and the address of the first entry. */
export const RP_POINTS = 128;
export const RP_SIZE = 256;

/** Bits of RP_FLAGS: the clock shows the packets' time stamps; packets are sent, not received. */
export const RP_FLAG_CLOCK = 1;
export const RP_FLAG_EGRESS = 2;

export const POINT_XDP = 0;
export const POINT_TC_INGRESS = 1;
export const POINT_TC_EGRESS = 2;
export const POINT_SOCKET = 3;
/** Tracepoint t: its programs at POINT_TRACEPOINTS + 2t, its raw programs behind them. */
export const POINT_TRACEPOINTS = 4;
export const TP_TCP_V4_CONNECT = 0;
export const TP_TCP_V6_CONNECT = 1;
export const TP_INET_SOCK_SET_STATE = 2;
export const TP_NET_DEV_QUEUE = 3;
export const TP_NETIF_RECEIVE_SKB = 4;
export const POINTS = 14;

/** One attached program: slot in the function table, program id, runs (u64), then how often each verdict fell (u64). */
export const ENTRY_SLOT = 0;
export const ENTRY_PROGRAM = 4;
export const ENTRY_RUNS = 8;
export const ENTRY_VERDICTS = 16;
/** Verdicts 0 … 9, then -1, then all others. */
export const VERDICT_UNSPEC = 10;
export const VERDICT_OTHER = 11;
export const VERDICTS = 12;
export const ENTRY_SIZE = 112;

/** Words of an index entry: see src/engine/replay/batch.ts. */
export const PACKET_OFFSET = 0;
export const PACKET_CAPTURED = 4;
export const PACKET_LENGTH = 8;
export const PACKET_ETHERTYPE = 12;
export const PACKET_SECONDS = 16;
export const PACKET_NANOSECONDS = 20;
export const PACKET_STRIDE = 32;

/** Longest frame, and the room for one with what programs may add. */
export const FRAME_MAX = 262144;
export const FRAME_AREA = 270336;
/** Linux's frame size for XDP, and what of it `skb_shared_info` takes. */
export const XDP_FRAME_SIZE = 4096;
export const SHARED_INFO_SIZE = 320;
/** Room for a tracepoint's record. */
export const RECORD_AREA = 256;
