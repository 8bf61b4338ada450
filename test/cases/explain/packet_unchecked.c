#include "prelude.h"

SEC("xdp")
int protocol(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data;
	struct ethhdr *eth = data;

	if (eth->proto == 8)
		return 1;
	return XDP_PASS;
}
