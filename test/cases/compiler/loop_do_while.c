#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 n = AT(u32, 0) & 0xffff, steps = 0;
	do { n = n & 1 ? n * 3 + 1 : n / 2; steps++; } while (n > 1 && steps < 9);
	return steps * 1000 + n;
}
