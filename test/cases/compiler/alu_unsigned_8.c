#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u8 a = AT(u8, 0), b = AT(u8, 8), c = a + b * 3;
	c = (u8)(c - a / (b | 1)) ^ (u8)(c % (a | 5));
	c |= (u8)(a << (b & 7));
	c += (u8)(b >> (a & 7));
	out = c;
	return c;
}
