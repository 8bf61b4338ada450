#include "case.h"
s64 out[6];
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	s32 a = AT(s32, 0), b = AT(s32, 4);
	u32 c = AT(u32, 8), d = AT(u32, 12);
	s64 e = AT(s64, 16);
	out[0] = a < b ? a : b; out[1] = a > b ? a : b; out[2] = c < d ? c : d; out[3] = c > d ? c : d;
	out[4] = e < 0 ? -e : e; out[5] = a < -100 ? -100 : a > 100 ? 100 : a;
	return out[0] + out[5];
}
