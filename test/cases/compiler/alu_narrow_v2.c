#include "case.h"
u64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0);
	s32 b = AT(s32, 4);
	u8 c = a * b;
	out = (b >> 3) + (a >> 5) + c;
	return b < 0 ? a : c;
}
