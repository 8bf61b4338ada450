#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0), b = AT(u64, 8), c = a + b * 3;
	c = (u64)(c - a / (b | 1)) ^ (u64)(c % (a | 5));
	c |= (u64)(a << (b & 63));
	c += (u64)(b >> (a & 63));
	out = c;
	return c;
}
