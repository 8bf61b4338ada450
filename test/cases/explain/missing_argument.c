/* Declared with an argument too few, so that r4 is never set. */
#include "prelude.h"

static long (*const update)(void *map, const void *key, const void *value) = (void *)2;

SEC("xdp")
int count(struct xdp_md *ctx)
{
	__u32 key = 0;
	__u64 value = ctx->rx_queue_index;

	update(&counts, &key, &value);
	return XDP_PASS;
}
