#include "case.h"
u64 out; static __noinline u64 five(u64 a, u64 b, u64 c, u64 d, u64 e) { return a + b * 2 + c * 3 + d * 4 + e * 5; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	out = five(p[0], p[1], p[2], p[3], p[4]) + five(p[5], p[4], p[3], p[2], p[1]);
	return out;
}
