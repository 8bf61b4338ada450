// SPDX-License-Identifier: MIT
/* Counts connection attempts per IPv4 source address. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "tcp_v4_connect.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __be32);
	__type(value, __u32);
} my_syn_counts SEC(".maps");

SEC("tracepoint/tcp/tcp_v4_connect")
int tcp_syn_tracer(struct tcp_v4_connect *ctx)
{
	__be32 source = ctx->saddr;
	__u32 one = 1;
	__u32 *count;

	if (!(ctx->flags & TCP_FLAG_BYTE_SYN) || ctx->flags & TCP_FLAG_BYTE_ACK)
		return 0;

	count = bpf_map_lookup_elem(&my_syn_counts, &source);
	if (count)
		__sync_fetch_and_add(count, 1);
	else
		bpf_map_update_elem(&my_syn_counts, &source, &one, BPF_NOEXIST);
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
