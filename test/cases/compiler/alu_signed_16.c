#include "case.h"
s64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s16 a = AT(s16, 1), b = AT(s16, 9);
	s16 c = (s16)(a * b) - (s16)(a >> (b & 15));
	if (c < a)
		c = -c;
	if (a >= -7 && b > c)
		c ^= 0x55;
	out = c;
	return c > 3 ? (int)c : -(int)b;
}
