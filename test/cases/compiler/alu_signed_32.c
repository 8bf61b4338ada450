#include "case.h"
s64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s32 a = AT(s32, 1), b = AT(s32, 9);
	s32 c = (s32)(a * b) - (s32)(a >> (b & 31));
	if (c < a)
		c = -c;
	if (a >= -7 && b > c)
		c ^= 0x55;
	out = c;
	return c > 3 ? (int)c : -(int)b;
}
