#include "case.h"
s64 out[3];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0);
	out[0] = (s8)a; out[1] = (s16)a; out[2] = (s32)a;
	return (s8)(a >> 8) + (s16)(a >> 16);
}
