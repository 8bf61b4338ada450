#include "prelude.h"

SEC("xdp")
int slot(struct xdp_md *ctx)
{
	__u32 key = 0, index = ctx->rx_queue_index;
	struct table *table = bpf_map_lookup_elem(&tables, &key);

	if (!table || index > 4)
		return XDP_PASS;
	index *= bpf_get_prandom_u32();
	asm volatile("" : "+r"(index));
	table->cells[index] += 1;
	return XDP_PASS;
}
