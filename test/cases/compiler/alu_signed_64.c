#include "case.h"
s64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s64 a = AT(s64, 1), b = AT(s64, 9);
	s64 c = (s64)(a * b) - (s64)(a >> (b & 63));
	if (c < a)
		c = -c;
	if (a >= -7 && b > c)
		c ^= 0x55;
	out = c;
	return c > 3 ? (int)c : -(int)b;
}
