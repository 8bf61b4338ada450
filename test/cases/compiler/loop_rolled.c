#include "case.h"
u32 out;
SEC("xdp") int prog(struct xdp_md *ctx)
{
	PACKET(ctx);
	u32 s = 0;
	#pragma clang loop unroll(disable)
	for (int i = 0; i < 64; i++) s = s * 31 + p[i];
	out = s;
	return s;
}
