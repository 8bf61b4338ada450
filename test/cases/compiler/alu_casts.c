#include "case.h"
s64 out[6];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u64 a = AT(u64, 0);
	out[0] = (s8)a; out[1] = (u8)a; out[2] = (s16)a; out[3] = (u16)a; out[4] = (s32)a; out[5] = (u32)a;
	return (int)(out[0] + out[2] + out[4]);
}
