#include "case.h"
__attribute__((weak)) __noinline int choose(u32 v) { return v + 40; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return choose(p[0]);
}
