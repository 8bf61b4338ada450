#include "case.h"
static __noinline int length(struct xdp_md *ctx) { return ctx->data_end - ctx->data; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return length(ctx) + p[0];
}
