#include "prelude.h"

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = ctx->ingress_ifindex;
	__u64 *seen = bpf_map_lookup_elem(&counts, &key);

	*seen += 1;
	return XDP_PASS;
}
