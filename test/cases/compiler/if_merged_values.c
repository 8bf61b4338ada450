#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0], b = p[1], c;
	if (a < 10) c = b; else if (a < 100) c = a * b; else if (b) c = a - b; else c = 7;
	u32 d = c > 50 ? c : c + 50;
	out = d;
	return c;
}
