// SPDX-License-Identifier: MIT
// A small XDP firewall: drops packets from blocked addresses, lets a source open ten TCP connections a second, and
// answers pings itself.
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ETH_P_IP 0x0800
#define NS_PER_SEC 1000000000ULL
#define SYNS_PER_SEC 10

enum reason { BLOCKED = 1, TOO_MANY_SYNS = 2 };

struct drop {
	__u64 time;
	__be32 source;
	__u32 reason;
};

struct window {
	__u64 start;
	__u64 syns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, __u64);
} blocked SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __be32);
	__type(value, struct window);
} windows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 5);
	__type(key, __u32);
	__type(value, __u64);
} verdicts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} drops SEC(".maps");

/* Keeps the type in the object, for user space that decodes what the ring buffer carries. */
struct drop *type_of_drops __attribute__((unused));

static void tell(__be32 source, enum reason reason)
{
	struct drop *drop = bpf_ringbuf_reserve(&drops, sizeof(*drop), 0);

	if (!drop)
		return;
	drop->time = bpf_ktime_get_ns();
	drop->source = source;
	drop->reason = reason;
	bpf_ringbuf_submit(drop, 0);
}

static int too_many_syns(__be32 source)
{
	struct window first = { .start = bpf_ktime_get_ns(), .syns = 1 };
	struct window *window = bpf_map_lookup_elem(&windows, &source);

	if (!window || first.start - window->start >= NS_PER_SEC) {
		bpf_map_update_elem(&windows, &source, &first, BPF_ANY);
		return 0;
	}
	return ++window->syns > SYNS_PER_SEC;
}

static int answer_ping(struct ethhdr *eth, struct iphdr *ip, struct icmphdr *icmp)
{
	__be32 address = ip->saddr;
	unsigned char mac[6];
	__u32 sum;

	__builtin_memcpy(mac, eth->h_source, sizeof(mac));
	__builtin_memcpy(eth->h_source, eth->h_dest, sizeof(mac));
	__builtin_memcpy(eth->h_dest, mac, sizeof(mac));
	ip->saddr = ip->daddr;
	ip->daddr = address;
	/* The type goes from 8 to 0: the checksum grows by as much. RFC 1624. */
	icmp->type = 0;
	sum = bpf_ntohs(icmp->checksum) + 0x0800;
	icmp->checksum = bpf_htons((sum & 0xffff) + (sum >> 16));
	return XDP_TX;
}

static int decide(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	__u64 *count;

	if ((void *)(ip + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP))
		return XDP_PASS;
	count = bpf_map_lookup_elem(&blocked, &ip->saddr);
	if (count) {
		__sync_fetch_and_add(count, 1);
		tell(ip->saddr, BLOCKED);
		return XDP_DROP;
	}
	if (ip->ihl != 5)
		return XDP_PASS;
	if (ip->protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = (void *)(ip + 1);

		if ((void *)(tcp + 1) > end || !tcp->syn || tcp->ack || !too_many_syns(ip->saddr))
			return XDP_PASS;
		tell(ip->saddr, TOO_MANY_SYNS);
		return XDP_DROP;
	}
	if (ip->protocol == IPPROTO_ICMP) {
		struct icmphdr *icmp = (void *)(ip + 1);

		if ((void *)(icmp + 1) <= end && icmp->type == 8)
			return answer_ping(eth, ip, icmp);
	}
	return XDP_PASS;
}

SEC("xdp")
int firewall(struct xdp_md *ctx)
{
	__u32 verdict = decide(ctx);
	__u64 *count = bpf_map_lookup_elem(&verdicts, &verdict);

	if (count)
		++*count;
	return verdict;
}

char LICENSE[] SEC("license") = "MIT";
