#include "case.h"
static __noinline u32 id(u32 v) { volatile u32 w = v; return w + 1; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = p[0], b = p[1], c = p[2], d = p[3], e = p[4], f = p[5];
	u32 x = id(a), y = id(b), z = id(c);
	return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + x * 7 + y * 8 + z * 9;
}
