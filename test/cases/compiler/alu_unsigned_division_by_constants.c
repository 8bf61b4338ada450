#include "case.h"
u64 out[2];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0);
	u64 b = AT(u64, 8);
	out[0] = a / 3 + a % 10 + a / 1000;
	out[1] = b / 7 + b % 1000000007;
	return out[0] + out[1];
}
