#include "case.h"
static __noinline u32 sum(u8 *p, u8 *end) { u32 s = 0; if (p + 16 > end) return 1; for (int i = 0; i < 16; i++) s += p[i]; return s; }
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	return sum(p, end) + sum(p + 4, end);
}
