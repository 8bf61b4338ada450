#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u16 a = AT(u16, 0), b = AT(u16, 8), c = a + b * 3;
	c = (u16)(c - a / (b | 1)) ^ (u16)(c % (a | 5));
	c |= (u16)(a << (b & 15));
	c += (u16)(b >> (a & 15));
	out = c;
	return c;
}
