#include "prelude.h"

SEC("xdp")
int copy(struct xdp_md *ctx)
{
	__u32 from = 1, to = 2;
	__u64 *a = bpf_map_lookup_elem(&counts, &from);
	__u64 *b = bpf_map_lookup_elem(&counts, &to);

	if (!a)
		return XDP_PASS;
	*b = *a;
	return XDP_PASS;
}
