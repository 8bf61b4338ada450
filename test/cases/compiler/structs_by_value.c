#include "case.h"
struct point { s32 x, y; } out;
static __always_inline struct point make(u8 x, u8 y) { struct point at = { x, y * 2 }; return at; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct point a = make(p[0], p[1]), b = make(p[2], p[3]);
	struct point c = { a.x + b.x, a.y - b.y };
	out = c;
	return c.x * c.y;
}
