#include "case.h"
struct pair { u64 x, y; } out;
static __noinline int change(struct pair *pair, u32 by) { if (!pair) return 0; pair->x += by; pair->y *= 3; return by; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct pair a = { p[0], AT(u64, 8) }, b = a;
	change(&b, p[1]);
	out = b;
	return a.x + b.x + (u32)b.y;
}
