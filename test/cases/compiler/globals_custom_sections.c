#include "case.h"
u32 mine SEC(".data.mine") = 3; u32 other SEC(".data.other") = 4;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	mine += p[0]; other ^= AT(u32, 4);
	return mine + other;
}
