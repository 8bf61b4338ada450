#include "case.h"
static __noinline u32 inner(u32 a, u32 b) { return a * b + 3; }
static __noinline u32 middle(u32 a, u32 b) { return inner(b, a + 1) - a; }
static __noinline u32 outer(u32 a, u32 b) { return middle(a, b) * inner(a, b) + a + b; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return outer(p[0], p[1]);
}
