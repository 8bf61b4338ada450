#include "case.h"
s64 out[2];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s32 a = AT(s32, 0);
	s64 b = AT(s64, 8);
	out[0] = a / 2 + a / 8 + a % 16;
	out[1] = b / 4 + b % 32;
	return (int)(out[0] + out[1]);
}
