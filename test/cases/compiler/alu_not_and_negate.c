#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0);
	u64 b = AT(u64, 8);
	out = ~b + -b + !b + (u64)~a + (u64)-a;
	return !a + !!b;
}
