#include "case.h"
s64 out[4];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s32 a = AT(s32, 0), b = AT(s32, 4) | 1;
	s64 c = AT(s64, 8), d = AT(s64, 16) | 1;
	out[0] = a / b; out[1] = a % b; out[2] = c / d; out[3] = c % d;
	return out[0] ^ out[2];
}
