#include "case.h"
static __noinline u32 twice(u32 v) { return v * 2 + 1; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return twice(p[0]) + twice(AT(u16, 2));
}
