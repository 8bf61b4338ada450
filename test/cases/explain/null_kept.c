#include "prelude.h"

SEC("xdp")
int forget(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 one = 1;
	volatile __u64 *seen = bpf_map_lookup_elem(&counts, &key);

	if (!seen)
		bpf_map_update_elem(&counts, &key, &one, 0);
	*seen = 2;
	return XDP_PASS;
}
