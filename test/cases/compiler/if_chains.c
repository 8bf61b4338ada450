#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 4);
	if (a > 10 && b < 5 || a == b) return 1;
	if (!(a & b) && (a | b)) return b > a ? 2 : 3;
	return a > b ? a - b : b - a;
}
