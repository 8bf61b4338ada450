#include "case.h"
#define ROL(v, n) ((v) << (n) | (v) >> (32 - (n)))
#define ROUND(x, y, n) x ^= y; x -= ROL(y, n);
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0), b = AT(u32, 4), c = AT(u32, 8) + 0xdeadbeef;
	ROUND(c, b, 14) ROUND(a, c, 11) ROUND(b, a, 25) ROUND(c, b, 16) ROUND(a, c, 4) ROUND(b, a, 14) ROUND(c, b, 24)
	out = c;
	return c;
}
