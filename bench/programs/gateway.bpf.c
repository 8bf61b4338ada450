// A gateway of the size of those in production: VLANs, IPv4 with options, IPv6 with extension headers, connections tracked
// both ways, address translation, policy and counters. For measuring verification.
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define INLINE static __attribute__((always_inline)) inline
#define OK 0
#define DROP 2
#define PROTO_ICMP 1
#define PROTO_TCP 6
#define PROTO_UDP 17
#define PROTO_ICMP6 58

struct eth {
	__u8 dst[6], src[6];
	__be16 proto;
};
struct vlan {
	__be16 tci, proto;
};
struct ip4 {
	__u8 ihl : 4, version : 4;
	__u8 tos;
	__be16 length, id, fragment;
	__u8 ttl, proto;
	__sum16 check;
	__be32 src, dst;
};
struct ip6 {
	__be32 flow;
	__be16 length;
	__u8 next, hops;
	__be32 src[4], dst[4];
};
struct ext6 {
	__u8 next, length;
	__u8 rest[6];
};
struct ports {
	__be16 src, dst;
};
struct tcp {
	__be16 src, dst;
	__be32 seq, ack;
	__u8 offset, flags;
	__be16 window;
	__sum16 check;
	__be16 urgent;
};

struct tuple {
	__be32 src[4], dst[4];
	__be16 sport, dport;
	__u8 proto, family, direction, pad;
};
struct connection {
	__u64 packets, bytes, last;
	__be32 address[4];
	__be16 port;
	__u8 state, flags;
	__u32 rule;
};
struct prefix {
	__u32 bits;
	__be32 address[4];
};
struct rule {
	__u32 id;
	__u16 low, high;
	__u8 proto, action, log, pad;
};
struct counter {
	__u64 packets, bytes;
};
struct packet {
	struct tuple tuple;
	__u32 l3, l4;
	__u8 flags, fragment, error;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct tuple);
	__type(value, struct connection);
} connections SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct prefix);
	__type(value, struct rule);
} policy SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct tuple);
	__type(value, struct connection);
} translations SEC(".maps");

INLINE void count(__u32 what, __u32 bytes)
{
	struct counter *one = bpf_map_lookup_elem(&counters, &what);

	if (!one)
		return;
	one->packets++;
	one->bytes += bytes;
}

INLINE void *at(struct __sk_buff *skb, __u32 off, __u32 size)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;

	if (off > 512)
		return 0;
	return data + off + size > end ? 0 : data + off;
}

INLINE int parse_ip4(struct __sk_buff *skb, struct packet *p)
{
	struct ip4 *ip = at(skb, p->l3, sizeof(*ip));

	if (!ip || ip->version != 4 || ip->ihl < 5)
		return -1;
	p->tuple.family = 4;
	p->tuple.src[0] = ip->src;
	p->tuple.dst[0] = ip->dst;
	p->tuple.proto = ip->proto;
	p->fragment = (ip->fragment & bpf_htons(0x1fff)) != 0;
	p->l4 = p->l3 + ip->ihl * 4;
	return ip->ttl <= 1 ? -1 : 0;
}

INLINE int parse_ip6(struct __sk_buff *skb, struct packet *p)
{
	struct ip6 *ip = at(skb, p->l3, sizeof(*ip));
	__u32 off = p->l3 + sizeof(*ip);
	__u8 next;

	if (!ip || ip->hops <= 1)
		return -1;
	p->tuple.family = 6;
	__builtin_memcpy(p->tuple.src, ip->src, sizeof(p->tuple.src));
	__builtin_memcpy(p->tuple.dst, ip->dst, sizeof(p->tuple.dst));
	next = ip->next;
#pragma unroll
	for (int turn = 0; turn < 6; turn++) {
		struct ext6 *ext;

		if (next != 0 && next != 43 && next != 44 && next != 51 && next != 60)
			break;
		ext = at(skb, off, sizeof(*ext));
		if (!ext)
			return -1;
		if (next == 44)
			p->fragment = (ext->rest[1] | ext->rest[0]) != 0;
		off += next == 44 ? 8 : next == 51 ? (ext->length + 2) * 4 : (ext->length + 1) * 8;
		next = ext->next;
	}
	p->tuple.proto = next;
	p->l4 = off;
	return 0;
}

INLINE int parse_l4(struct __sk_buff *skb, struct packet *p)
{
	struct ports *ports;
	struct tcp *tcp;

	if (p->fragment)
		return 0;
	switch (p->tuple.proto) {
	case PROTO_TCP:
		tcp = at(skb, p->l4, sizeof(*tcp));
		if (!tcp)
			return -1;
		p->flags = tcp->flags;
		p->tuple.sport = tcp->src;
		p->tuple.dport = tcp->dst;
		return (tcp->flags & 3) == 3 ? -1 : 0;
	case PROTO_UDP:
		ports = at(skb, p->l4, 8);
		if (!ports)
			return -1;
		p->tuple.sport = ports->src;
		p->tuple.dport = ports->dst;
		return 0;
	case PROTO_ICMP:
	case PROTO_ICMP6:
		ports = at(skb, p->l4, 8);
		if (!ports)
			return -1;
		p->error = (bpf_ntohs(ports->src) >> 8) == (p->tuple.proto == PROTO_ICMP ? 3 : 1);
		p->tuple.sport = p->error ? 0 : ports[1].src;
		return 0;
	}
	return -1;
}

INLINE int parse(struct __sk_buff *skb, struct packet *p)
{
	struct eth *eth = at(skb, 0, sizeof(*eth));
	__be16 proto;
	int failed;

	if (!eth || (eth->dst[0] & 1))
		return -1;
	proto = eth->proto;
	p->l3 = sizeof(*eth);
#pragma unroll
	for (int turn = 0; turn < 2; turn++) {
		struct vlan *vlan;

		if (proto != bpf_htons(0x8100) && proto != bpf_htons(0x88a8))
			break;
		vlan = at(skb, p->l3, sizeof(*vlan));
		if (!vlan)
			return -1;
		proto = vlan->proto;
		p->l3 += sizeof(*vlan);
	}
	if (proto == bpf_htons(0x0800))
		failed = parse_ip4(skb, p);
	else if (proto == bpf_htons(0x86dd))
		failed = parse_ip6(skb, p);
	else
		return -1;
	return failed ? failed : parse_l4(skb, p);
}

INLINE void reverse(const struct tuple *of, struct tuple *to)
{
	__builtin_memcpy(to->src, of->dst, sizeof(to->src));
	__builtin_memcpy(to->dst, of->src, sizeof(to->dst));
	to->sport = of->dport;
	to->dport = of->sport;
	to->proto = of->proto;
	to->family = of->family;
	to->direction = !of->direction;
	to->pad = 0;
}

INLINE struct rule *decide(const struct packet *p, __u8 source)
{
	struct prefix prefix = { .bits = p->tuple.family == 4 ? 32 : 128 };
	struct rule *rule;

	__builtin_memcpy(prefix.address, source ? p->tuple.src : p->tuple.dst, sizeof(prefix.address));
	rule = bpf_map_lookup_elem(&policy, &prefix);
	if (!rule)
		return 0;
	if (rule->proto && rule->proto != p->tuple.proto)
		return 0;
	if (rule->low > bpf_ntohs(p->tuple.dport) || rule->high < bpf_ntohs(p->tuple.dport))
		return 0;
	return rule;
}

INLINE __u8 advance(__u8 state, const struct packet *p)
{
	if (p->tuple.proto != PROTO_TCP)
		return 2;
	if (p->flags & 4)
		return 5;
	switch (state) {
	case 0:
		return p->flags & 2 ? 1 : 0;
	case 1:
		return p->flags & 16 ? 2 : 1;
	case 2:
		return p->flags & 1 ? 3 : 2;
	case 3:
		return p->flags & 1 ? 4 : 3;
	}
	return state;
}

INLINE int rewrite(struct __sk_buff *skb, struct packet *p, const struct connection *to, __u8 source)
{
	__be32 *before = source ? p->tuple.src : p->tuple.dst;
	__u32 check = p->tuple.proto == PROTO_TCP ? 16 : p->tuple.proto == PROTO_UDP ? 6 : 2;
	__u32 port = p->l4 + (source ? 0 : 2);
	__be16 old = source ? p->tuple.sport : p->tuple.dport;
	__u64 flags = p->tuple.proto == PROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;

	if (p->l4 > 400)
		return -1;
	if (p->tuple.proto != PROTO_ICMP && p->tuple.proto != PROTO_ICMP6 && old != to->port) {
		if (bpf_l4_csum_replace(skb, p->l4 + check, old, to->port, flags | 2))
			return -1;
		if (bpf_skb_store_bytes(skb, port, &to->port, 2, 0))
			return -1;
	}
	if (p->tuple.family == 4) {
		if (p->tuple.proto != PROTO_ICMP &&
		    bpf_l4_csum_replace(skb, p->l4 + check, before[0], to->address[0], flags | BPF_F_PSEUDO_HDR | 4))
			return -1;
		if (bpf_l3_csum_replace(skb, p->l3 + 10, before[0], to->address[0], 4))
			return -1;
		return bpf_skb_store_bytes(skb, p->l3 + (source ? 12 : 16), to->address, 4, 0);
	}
#pragma unroll
	for (int word = 0; word < 4; word++)
		if (bpf_l4_csum_replace(skb, p->l4 + check, before[word], to->address[word], flags | BPF_F_PSEUDO_HDR | 4))
			return -1;
	return bpf_skb_store_bytes(skb, p->l3 + (source ? 8 : 24), to->address, 16, 0);
}

INLINE int translate(struct __sk_buff *skb, struct packet *p, __u8 source)
{
	struct connection *to = bpf_map_lookup_elem(&translations, &p->tuple);
	struct connection copy;

	if (!to)
		return 0;
	to->packets++;
	to->last = bpf_ktime_get_ns();
	copy = *to;
	if (rewrite(skb, p, &copy, source)) {
		count(20 + source, skb->len);
		return -1;
	}
	if (source) {
		__builtin_memcpy(p->tuple.src, copy.address, sizeof(p->tuple.src));
		p->tuple.sport = copy.port;
	} else {
		__builtin_memcpy(p->tuple.dst, copy.address, sizeof(p->tuple.dst));
		p->tuple.dport = copy.port;
	}
	return 0;
}

INLINE int track(struct __sk_buff *skb, struct packet *p)
{
	struct connection *known = bpf_map_lookup_elem(&connections, &p->tuple);
	struct connection fresh = {};
	struct tuple back = {};
	struct rule *rule;

	if (known) {
		known->packets++;
		known->bytes += skb->len;
		known->last = bpf_ktime_get_ns();
		known->state = advance(known->state, p);
		count(known->state & 7, skb->len);
		return known->flags & 1 ? DROP : OK;
	}
	reverse(&p->tuple, &back);
	known = bpf_map_lookup_elem(&connections, &back);
	if (known) {
		known->bytes += skb->len;
		known->state = advance(known->state, p);
		count(8 + (known->state & 7), skb->len);
		return known->flags & 2 ? DROP : OK;
	}
	rule = decide(p, 1);
	if (!rule)
		rule = decide(p, 0);
	if (!rule) {
		count(16, skb->len);
		return DROP;
	}
	fresh.rule = rule->id;
	fresh.flags = rule->action & 3;
	fresh.state = advance(0, p);
	fresh.packets = 1;
	fresh.bytes = skb->len;
	fresh.last = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&connections, &p->tuple, &fresh, BPF_NOEXIST)) {
		count(17, skb->len);
		return DROP;
	}
	return rule->action == 1 ? DROP : OK;
}

INLINE int handle(struct __sk_buff *skb, __u8 direction)
{
	struct packet p = {};
	int verdict;

	if (parse(skb, &p)) {
		count(18 + direction, skb->len);
		return DROP;
	}
	p.tuple.direction = direction;
	if (p.error)
		return OK;
	if (translate(skb, &p, direction))
		return DROP;
	verdict = track(skb, &p);
	if (verdict == OK && translate(skb, &p, !direction))
		return DROP;
	return verdict;
}

SEC("tc")
int gateway(struct __sk_buff *skb)
{
	return handle(skb, 0);
}

char license[] SEC("license") = "GPL";
