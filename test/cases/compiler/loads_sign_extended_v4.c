#include "case.h"
s64 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	out = AT(s8, 0) + (s64)AT(s16, 1) * AT(s32, 3);
	return out;
}
