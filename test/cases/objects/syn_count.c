/* An ordinary libbpf-style program: XDP, a hash map in .maps, BTF. */
#include "prelude.h"

struct {
	__uint(type, 1); /* hash */
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
	__uint(pinning, 1); /* by name */
} my_syn_counts SEC(".maps");

struct ethhdr {
	__u8 to[6], from[6];
	__u16 proto;
} __attribute__((packed));

SEC("xdp")
int count_syn(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	__u8 *ip = data + sizeof(struct ethhdr);
	__u32 source, one = 1, *count;

	if (data + 54 > end || ip[9] != 6 || (ip[33] & 0x12) != 2)
		return 2;
	source = *(__u32 *)(ip + 12);
	count = bpf_map_lookup_elem(&my_syn_counts, &source);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&my_syn_counts, &source, &one, 0);
	return 2;
}

char LICENSE[] SEC("license") = "GPL";
