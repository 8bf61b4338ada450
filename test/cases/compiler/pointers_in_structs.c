#include "case.h"
struct view { u8 *at, *last; };
static __always_inline u8 take(struct view *v) { return v->at < v->last ? *v->at++ : 9; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	struct view v = { p + 3, p + 4 };
	u32 n = take(&v) * 256 + take(&v);
	return n + (v.at - p);
}
