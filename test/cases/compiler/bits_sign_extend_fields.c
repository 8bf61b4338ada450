#include "case.h"
s64 out[3];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 a = AT(u32, 0);
	out[0] = (s32)(a << 20) >> 20; out[1] = (s64)((u64)a << 50) >> 50; out[2] = (s32)(a << 3) >> 29;
	return out[0] + out[1] + out[2];
}
