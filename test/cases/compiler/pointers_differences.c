#include "case.h"
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u16 *a = (u16 *)(p + (p[0] & 7)), *b = (u16 *)(p + 32);
	return (b - a) * 1000 + (a < b) + ((u8 *)b - p);
}
