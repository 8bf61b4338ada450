#include "case.h"
__attribute__((visibility("hidden"))) __noinline int choose(u8 *p, u8 *end) { return p + 8 > end ? 3 : p[7]; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return choose(p, end);
}
