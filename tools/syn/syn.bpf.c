// SPDX-License-Identifier: MIT
/*
 * Counts TCP connection attempts (SYN without ACK) per source address. Passes every packet on.
 *
 * What counts as a SYN is what Wireshark's dissectors take for one with their default preferences; README.md lists the
 * cases. In particular, a datagram in fragments counts once, when all of it has been seen.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>

#define MAX_TAGS 32         /* VLAN tags, and MPLS labels */
#define MAX_HEADERS 40     /* headers between IP and TCP */
#define TCP_NEEDED 16       /* bytes of a TCP header that must be there: up to the window */
#define HEAD_BYTES 64       /* of a datagram in fragments: so many from its first one on are kept */
#define BITMAP_WORDS 128    /* one bit for each of the 8192 units of 8 bytes of a datagram */
#define MAX_OFFSET 0x3fff   /* headers further back than this are not looked for */

/* Keeps clang from checking one copy of a number and using another. */
#define OPAQUE(x) asm volatile("" : "+r"(x))

enum stat {
	STAT_PACKETS,
	STAT_SYNS,
	STAT_NOT_IP,
	STAT_NOT_TCP,
	STAT_MALFORMED,
	STAT_CUT,            /* by the capture, before the TCP flags */
	STAT_FRAGMENTS,
	STAT_REASSEMBLED,    /* datagrams */
	STAT_DATAGRAMS,      /* datagrams in fragments that were begun */
	STAT_FULL,           /* SYNs of sources that found no room in the table */
	STAT_TUNNELS,        /* IP in IP, 6in4, GRE: what is inside is not looked at */
	STATS,
};

struct source {
	__u32 family;        /* 4 or 6 */
	__u8 address[16];    /* IPv4: the first four bytes */
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct source);
	__type(value, __u64);
} syn_sources SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, STATS);
	__type(key, __u32);
	__type(value, __u64);
} syn_stats SEC(".maps");

struct datagram {
	__u32 family;
	__u32 id;            /* IPv4: mixed with the protocol and the VLAN, see `ipv4_id` */
	__u8 source[16];
	__u8 destination[16];
};

struct parts {
	__u64 seen[BITMAP_WORDS];
	__u8 head[HEAD_BYTES];
	__u16 from[HEAD_BYTES];  /* offset of the fragment that the byte of `head` is from, plus one; 0: not there yet */
	__u32 total;             /* 0 until the last fragment told */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct datagram);
	__type(value, struct parts);
} syn_datagrams SEC(".maps");

/* Never written: what a new entry of syn_datagrams starts from, too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct parts);
} syn_no_parts SEC(".maps");

/*
 * What parsing hands to the second half of the program. It goes through a map so that the verifier forgets by which of
 * many paths it came, and looks at the second half once.
 */
struct work {
	struct datagram key;
	__u32 verdict;
	__u32 at;            /* of the fragment's payload */
	__u32 fragment_offset;
	__u32 fragment_size;
	__u32 fragment_more;
	__u32 fragment_protocol;
	__u32 scratch;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct work);
} syn_work SEC(".maps");

/* Where parsing stands: offsets from the packet's first byte. */
struct cursor {
	void *data;
	void *data_end;
	__u32 at;
	__u32 end;           /* of what belongs to the packet: the capture's end, or less when a header says so */
	__u32 captured;
	__u16 type;
	__u16 vlan;
	struct work *work;
};

enum verdict {
	NO_SYN,
	SYN,
	FRAGMENT,            /* the answer is in the datagram that it belongs to */
};

static __always_inline void count_stat(__u32 stat)
{
	__u64 *value = bpf_map_lookup_elem(&syn_stats, &stat);

	if (value)
		(*value)++;
}

/* `size` bytes at `offset`, or NULL when they are not in the packet. */
static __always_inline void *bytes_at(struct cursor *c, __u64 offset, __u32 size)
{
	void *p;

	OPAQUE(offset);
	if (offset > MAX_OFFSET)
		return NULL;
	p = c->data + offset;
	OPAQUE(p);
	if (p + size > c->data_end)
		return NULL;
	return p;
}

static __always_inline __u32 be16_at(const __u8 *p)
{
	return (__u32)p[0] << 8 | p[1];
}

static __always_inline void limit(struct cursor *c, __u32 end)
{
	if (end < c->end)
		c->end = end;
}

static __always_inline void count_source(struct datagram *key)
{
	struct source source = { .family = key->family };
	__u64 one = 1;
	__u64 *count;

	__builtin_memcpy(source.address, key->source, 16);
	count = bpf_map_lookup_elem(&syn_sources, &source);

	count_stat(STAT_SYNS);
	if (count) {
		__sync_fetch_and_add(count, 1);
		return;
	}
	if (!bpf_map_update_elem(&syn_sources, &source, &one, BPF_NOEXIST))
		return;
	/* Full, or another CPU was faster. */
	count = bpf_map_lookup_elem(&syn_sources, &source);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		count_stat(STAT_FULL);
}

static __always_inline int is_syn(const __u8 *tcp)
{
	return tcp[12] >= 5 << 4 && (tcp[13] & 0x12) == 0x02;
}

/* Headers that may stand between IP and TCP, under IPv4 too: Wireshark looks through them there as well. */
static __always_inline int is_extension(__u32 protocol)
{
	return protocol == 0 || protocol == 43 || protocol == 51 || protocol == 60 || protocol == 140;
}

static __always_inline __u32 extension_size(__u32 protocol, __u32 length)
{
	return protocol == 51 ? (length + 2) << 2 : (length + 1) << 3;
}

/* The first bytes of a datagram that is whole now: does TCP begin there, with a SYN? */
static __always_inline int head_is_syn(struct parts *parts, __u32 protocol)
{
	const __u8 *head = parts->head;
	__u64 at = 0;

	for (int i = 0; i < 6; i++) {
		OPAQUE(at);
		if (at > sizeof(parts->head) - TCP_NEEDED || at + TCP_NEEDED > parts->total)
			return 0;
		if (protocol == 6)
			return is_syn(head + at);
		if (!is_extension(protocol))
			return 0;
		__u64 size = extension_size(protocol, head[at + 1]);

		protocol = head[at];
		at += size;
	}
	return 0;
}

/* Whether every unit of the datagram has been seen. */
static __always_inline int is_whole(struct parts *parts)
{
	__u32 units = (parts->total + 7) >> 3;
	__u32 words = units >> 6;

	if (!units)
		return 0;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < BITMAP_WORDS; i++) {
		if (i >= words)
			break;
		if (parts->seen[i] != ~0ULL)
			return 0;
	}
	__u64 want = (1ULL << (units & 63)) - 1;

	return (parts->seen[words & (BITMAP_WORDS - 1)] & want) == want;
}

/* Units `first` up to, but not with, `end`. */
static __always_inline void mark_seen(struct parts *parts, __u32 first, __u32 end)
{
	__u32 word = first >> 6;
	__u64 mask = ~0ULL << (first & 63);

	if (first >= end)
		return;
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < BITMAP_WORDS; i++) {
		if (word >= end >> 6)
			break;
		parts->seen[word & (BITMAP_WORDS - 1)] |= mask;
		mask = ~0ULL;
		word++;
	}
	parts->seen[word & (BITMAP_WORDS - 1)] |= mask & ((1ULL << (end & 63)) - 1);
}

/* Where fragments overlap, the one that starts first in the datagram wins, and of two equal ones the earlier. */
static __always_inline void keep_head(struct parts *parts, struct cursor *c, struct work *work)
{
	/* Read anew for each byte: what one byte's path has taught the verifier would multiply with the next one's. */
	volatile struct work *fragment = work;

#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < HEAD_BYTES; i++) {
		__u32 offset = fragment->fragment_offset;
		__u32 skip = i - offset;

		if (skip >= fragment->fragment_size)
			continue;
		if (parts->from[i] && parts->from[i] <= offset + 1)
			continue;
		__u8 *p = bytes_at(c, fragment->at + skip, 1);

		if (!p)
			continue;
		parts->head[i] = *p;
		parts->from[i] = offset + 1;
	}
}

static __always_inline struct parts *parts_of(struct datagram *key)
{
	struct parts *parts = bpf_map_lookup_elem(&syn_datagrams, key);
	__u32 zero = 0;

	if (parts)
		return parts;
	parts = bpf_map_lookup_elem(&syn_no_parts, &zero);
	if (!parts || bpf_map_update_elem(&syn_datagrams, key, parts, BPF_ANY))
		return NULL;
	count_stat(STAT_DATAGRAMS);
	return bpf_map_lookup_elem(&syn_datagrams, key);
}

/*
 * The whole fragment at the cursor. True when it completes its datagram and that one begins with a SYN.
 * Two CPUs that work on one datagram may lose a fragment; receive queues keep a flow's packets on one.
 */
static __always_inline int add_fragment(struct cursor *c, struct work *work, struct datagram *key)
{
	__u32 offset = work->fragment_offset;
	__u32 size = work->fragment_size;
	__u32 end = offset + size;
	struct parts *parts;

	if (!size || size > 65535 || end > 65535)
		return 0;
	parts = parts_of(key);
	if (!parts)
		return 0;
	if (!work->fragment_more && !parts->total)
		parts->total = end;
	if (offset < HEAD_BYTES)
		keep_head(parts, c, work);
	mark_seen(parts, offset >> 3, work->fragment_more ? end >> 3 : (end + 7) >> 3);
	if (!is_whole(parts))
		return 0;
	int found = head_is_syn(parts, work->fragment_protocol);

	count_stat(STAT_REASSEMBLED);
	bpf_map_delete_elem(&syn_datagrams, key);
	return found;
}

/* The same number, but the verifier no longer knows anything of it: paths that differ only in it become one. */
static __always_inline __u32 forget(struct cursor *c, __u32 number)
{
	c->work->scratch = number;
	asm volatile("" ::: "memory");
	return c->work->scratch;
}

/* The TCP header at the cursor. */
static __always_inline enum verdict tcp_verdict(struct cursor *c)
{
	__u8 *tcp = bytes_at(c, c->at, TCP_NEEDED);

	if (!tcp) {
		count_stat(STAT_CUT);
		return 0;
	}
	if (c->at + TCP_NEEDED > c->end || tcp[12] < 5 << 4) {
		count_stat(STAT_MALFORMED);
		return 0;
	}
	return is_syn(tcp) ? SYN : NO_SYN;
}

static __always_inline void count_no_tcp(__u32 protocol)
{
	count_stat(protocol == 4 || protocol == 41 || protocol == 47 ? STAT_TUNNELS : STAT_NOT_TCP);
}

/*
 * Goes through the headers from `protocol` on to TCP. `key` is complete but for the IPv6 fragment header's id.
 */
static __always_inline enum verdict chain_verdict(struct cursor *c, struct datagram *key, __u32 protocol)
{
	c->end = forget(c, c->end);
#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_HEADERS; i++) {
		c->at = forget(c, c->at);
		protocol = forget(c, protocol);
		if (protocol == 6)
			return tcp_verdict(c);
		if (protocol != 44 && !is_extension(protocol)) {
			count_no_tcp(protocol);
			return 0;
		}
		__u8 *header = bytes_at(c, c->at, 8);

		if (!header) {
			count_stat(STAT_CUT);
			return 0;
		}
		__u32 next = header[0];

		if (protocol == 44) {
			__u32 field = be16_at(header + 2);

			__builtin_memcpy(&key->id, header + 4, 4);
			c->at += 8;
			if (field & 0xfff9) {
				count_stat(STAT_FRAGMENTS);
				if (c->end > c->captured || c->at > c->end)
					return NO_SYN;
				c->work->fragment_offset = field & 0xfff8;
				c->work->fragment_size = c->end - c->at;
				c->work->fragment_more = field & 1;
				c->work->fragment_protocol = next;
				return FRAGMENT;
			}
		} else {
			c->at += extension_size(protocol, header[1]);
		}
		protocol = next;
	}
	count_stat(STAT_MALFORMED);
	return 0;
}

static __always_inline int is_private(const __u8 *address)
{
	__u32 both = be16_at(address);

	return address[0] == 10 || (both & 0xfff0) == 0xac10 || both == 0xc0a8 || both == 0xa9fe;
}

/*
 * What Wireshark tells datagrams between two addresses apart by. It mixes the id with the protocol and, where an
 * address is private or link-local, with the innermost VLAN: fragments of two datagrams meet when these differ alike.
 */
static __always_inline __u32 ipv4_id(struct cursor *c, const __u8 *ip)
{
	__u32 id = be16_at(ip + 4) ^ ip[9];

	return is_private(ip + 12) || is_private(ip + 16) ? id ^ c->vlan : id;
}

static __always_inline enum verdict on_ipv4(struct cursor *c, struct datagram *key)
{
	__u8 *ip = bytes_at(c, c->at, 20);

	if (!ip) {
		count_stat(STAT_CUT);
		return NO_SYN;
	}
	__u32 header = (ip[0] & 15) * 4;
	__u32 total = be16_at(ip + 2);
	__u32 field = be16_at(ip + 6);

	/* Without a total length, as offloading leaves it, the frame's end counts. */
	if (!total && c->end > c->at)
		total = c->end - c->at;
	if (ip[0] >> 4 != 4 || header < 20 || total < header) {
		count_stat(STAT_MALFORMED);
		return NO_SYN;
	}
	key->family = 4;
	__builtin_memcpy(key->source, ip + 12, 4);
	if (c->at + total < c->end || c->at + total > c->captured)
		c->end = c->at + total;
	c->at += header;
	if (field & 0x3fff) {
		count_stat(STAT_FRAGMENTS);
		if (c->end <= c->captured) {
			key->id = ipv4_id(c, ip);
			__builtin_memcpy(key->destination, ip + 16, 4);
			c->work->fragment_offset = (field & 0x1fff) << 3;
			c->work->fragment_size = c->end - c->at;
			c->work->fragment_more = field >> 13 & 1;
			c->work->fragment_protocol = ip[9];
			return FRAGMENT;
		}
		/* Cut by the capture: it cannot be put together, but a first fragment may show the TCP header. */
		if (field & 0x1fff)
			return NO_SYN;
	}
	return chain_verdict(c, key, ip[9]);
}

static __always_inline enum verdict on_ipv6(struct cursor *c, struct datagram *key)
{
	__u8 *ip = bytes_at(c, c->at, 40);

	if (!ip) {
		count_stat(STAT_CUT);
		return NO_SYN;
	}
	__u32 payload = be16_at(ip + 4);

	key->family = 6;
	__builtin_memcpy(key->source, ip + 8, 16);
	__builtin_memcpy(key->destination, ip + 24, 16);
	c->at += 40;
	if (!payload) {
		/* Only a jumbogram may leave its length out: it has it in a hop-by-hop option (RFC 2675). */
		__u8 *jumbo = bytes_at(c, c->at, 8);

		if (ip[6] != 0 || !jumbo || jumbo[2] != 0xc2 || jumbo[3] != 4 || !be16_at(jumbo + 4)) {
			count_stat(STAT_MALFORMED);
			return NO_SYN;
		}
	} else if (c->at + payload < c->end || c->at + payload > c->captured) {
		c->end = c->at + payload;
	}
	return chain_verdict(c, key, ip[6]);
}

static __always_inline enum verdict on_ip(struct cursor *c, struct datagram *key)
{
	__u8 *version = bytes_at(c, c->at, 1);

	if (!version) {
		count_stat(STAT_CUT);
		return NO_SYN;
	}
	/* Some put IPv6 behind IPv4's EtherType. */
	if (*version >> 4 == 6)
		return on_ipv6(c, key);
	if (c->type == 0x0800)
		return on_ipv4(c, key);
	count_stat(STAT_MALFORMED);
	return NO_SYN;
}

/* PPPoE session data. @returns whether IP follows */
static __always_inline int enter_pppoe(struct cursor *c)
{
	__u8 *p = bytes_at(c, c->at, 8);

	if (!p || p[1] != 0)
		return 0;
	limit(c, c->at + 6 + be16_at(p + 4));
	c->at += 8;
	c->type = be16_at(p + 6) == 0x21 ? 0x0800 : be16_at(p + 6) == 0x57 ? 0x86dd : 0;
	return c->type != 0;
}

static __always_inline int enter_mpls(struct cursor *c)
{
#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_TAGS; i++) {
		__u8 *label = bytes_at(c, c->at, 5);

		if (!label)
			return 0;
		c->at += 4;
		if (!(label[2] & 1))
			continue;
		c->type = label[4] >> 4 == 4 ? 0x0800 : label[4] >> 4 == 6 ? 0x86dd : 0;
		return c->type != 0;
	}
	return 0;
}

/* IEEE 802.3: a length instead of a type, then LLC, perhaps with SNAP. */
static __always_inline int enter_llc(struct cursor *c)
{
	__u8 *p = bytes_at(c, c->at, 8);

	if (!p)
		return 0;
	limit(c, c->at + c->type);
	if (p[0] == 6 && p[1] == 6 && p[2] == 3) {
		c->at += 3;
		c->type = 0x0800;
		return 1;
	}
	if (p[0] != 0xaa || p[1] != 0xaa || p[2] != 3 || p[3] | p[4] | p[5])
		return 0;
	c->type = be16_at(p + 6);
	c->at += 8;
	return 1;
}

/* Goes to the IP header. @returns whether there is one */
static __always_inline int enter_ip(struct cursor *c)
{
	__u8 *eth = bytes_at(c, 0, 14);

	if (!eth)
		return 0;
	c->type = be16_at(eth + 12);
	c->at = 14;
#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_TAGS; i++) {
		if (c->type != 0x8100 && c->type != 0x88a8 && c->type != 0x9100)
			break;
		__u8 *tag = bytes_at(c, c->at, 4);

		if (!tag)
			return 0;
		c->vlan = be16_at(tag) & 0xfff;
		c->type = be16_at(tag + 2);
		c->at += 4;
	}
	if (c->type == 0x0800 || c->type == 0x86dd)
		return 1;
	if (c->type <= 1500)
		return enter_llc(c);
	if (c->type == 0x8864)
		return enter_pppoe(c);
	if (c->type == 0x8847 || c->type == 0x8848)
		return enter_mpls(c);
	return 0;
}

/* The second half: counts what the first half found. */
static __always_inline void conclude(struct xdp_md *ctx, struct work *work)
{
	struct cursor c = {
		.data = (void *)(long)*(volatile __u32 *)&ctx->data,
		.data_end = (void *)(long)*(volatile __u32 *)&ctx->data_end,
		.at = work->at,
	};
	struct datagram key = work->key;

	if (work->verdict == FRAGMENT && !add_fragment(&c, work, &key))
		return;
	count_source(&key);
}

SEC("xdp")
int syn(struct xdp_md *ctx)
{
	__u32 zero = 0;
	struct cursor c = {
		.data = (void *)(long)ctx->data,
		.data_end = (void *)(long)ctx->data_end,
		.work = bpf_map_lookup_elem(&syn_work, &zero),
	};

	if (!c.work)
		return XDP_PASS;
	c.captured = c.data_end - c.data;
	c.end = c.captured;
	count_stat(STAT_PACKETS);
	if (!enter_ip(&c) || (c.type != 0x0800 && c.type != 0x86dd)) {
		count_stat(STAT_NOT_IP);
		return XDP_PASS;
	}
	__builtin_memset(&c.work->key, 0, sizeof(c.work->key));
	c.at = forget(&c, c.at);
	c.end = forget(&c, c.end);
	c.vlan = forget(&c, c.vlan);
	c.type = forget(&c, c.type);
	enum verdict verdict = on_ip(&c, &c.work->key);

	if (verdict == NO_SYN)
		return XDP_PASS;
	c.work->verdict = verdict;
	c.work->at = c.at;
	asm volatile("" ::: "memory");
	conclude(ctx, c.work);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
