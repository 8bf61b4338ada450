#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
__u64 tcp, udp, other, syns;
SEC("xdp") int parse(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	struct ethhdr *eth = data;
	struct iphdr *ip = (void *)(eth + 1);
	if ((void *)(ip + 1) > end)
		return XDP_DROP;
	if (eth->h_proto != bpf_htons(ETH_P_IP) || ip->version != 4)
		return XDP_PASS;
	void *next = (void *)ip + ip->ihl * 4;
	switch (ip->protocol) {
	case IPPROTO_TCP: {
		struct tcphdr *header = next;
		if ((void *)(header + 1) > end)
			return XDP_DROP;
		tcp++;
		if (header->syn && !header->ack)
			syns++;
		return bpf_ntohs(header->dest) == 80 ? XDP_TX : XDP_PASS;
	}
	case IPPROTO_UDP: {
		struct udphdr *header = next;
		if ((void *)(header + 1) > end)
			return XDP_DROP;
		udp += bpf_ntohs(header->len);
		return XDP_PASS;
	}
	default:
		other++;
		return XDP_PASS;
	}
}
char _license[] SEC("license") = "GPL";
