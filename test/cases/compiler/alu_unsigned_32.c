#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 8), c = a + b * 3;
	c = (u32)(c - a / (b | 1)) ^ (u32)(c % (a | 5));
	c |= (u32)(a << (b & 31));
	c += (u32)(b >> (a & 31));
	out = c;
	return c;
}
