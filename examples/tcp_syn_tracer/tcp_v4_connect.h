/* SPDX-License-Identifier: MIT */
/*
 * The record of the engine's tracepoint tcp/tcp_v4_connect, one per TCP segment with SYN and without ACK over IPv4.
 * `skep prog tracepoint-format tcp_v4_connect` prints the same.
 */
#ifndef TCP_V4_CONNECT_H
#define TCP_V4_CONNECT_H

#include <linux/types.h>

#define TCP_FLAG_BYTE_SYN 0x02
#define TCP_FLAG_BYTE_ACK 0x10

struct tcp_v4_connect {
	__u64 common;      /* type, flags and pid: not for programs to read */
	__be32 saddr;      /* as on the wire */
	__be32 daddr;
	__u16 sport;       /* in the machine's byte order */
	__u16 dport;
	__u8 flags;        /* the TCP header's byte 13: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128 */
	__u8 ttl;
	__u16 window;      /* 0 when the capture cut it off */
	__u32 seq;
	__u32 ifindex;
	__u64 timestamp;   /* nanoseconds since 1970 */
	__u32 len;         /* bytes of the packet on the wire */
};

#endif
