#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s32 a = AT(s32, 0), b = AT(s32, 4);
	int r = 0;
	if (a < b) r |= 1;
	if ((u32)a < (u32)b) r |= 2;
	if (a <= 100) r |= 4;
	if ((u32)a > 0xfffffff0u) r |= 8;
	if ((s64)a == b) r |= 16;
	if (a & 4) r |= 32;
	out = r;
	return r;
}
