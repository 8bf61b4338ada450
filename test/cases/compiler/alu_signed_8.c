#include "case.h"
s64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s8 a = AT(s8, 1), b = AT(s8, 9);
	s8 c = (s8)(a * b) - (s8)(a >> (b & 7));
	if (c < a)
		c = -c;
	if (a >= -7 && b > c)
		c ^= 0x55;
	out = c;
	return c > 3 ? (int)c : -(int)b;
}
