#include "prelude.h"

SEC("xdp")
int redirect(struct xdp_md *ctx)
{
	ctx->rx_queue_index = 1;
	return XDP_PASS;
}
